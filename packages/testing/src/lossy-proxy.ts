import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { bodyOf, LocalServer } from "./local-server.ts";

/**
 * Stands between a client and an engine, and can lose an answer: the engine has done what was asked, and the client's
 * connection breaks before it hears of it.
 */
export class LossyProxy extends LocalServer {
  readonly #upstream: string;
  #toLose = 0;
  /** The requests passed on so far, answered or not. */
  requests = 0;

  constructor(upstream: string) {
    super();
    this.#upstream = upstream;
  }

  protected async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    this.requests += 1;
    const lose = this.#toLose > 0;
    if (lose) this.#toLose -= 1;
    const { method = "POST", url = "/", headers } = incoming;
    const onward = request(new URL(url, this.#upstream), { method, headers });
    onward.end(body);
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    const answerBody = await bodyOf(answer);
    if (lose) outgoing.destroy();
    else outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(answerBody);
  }

  /** Loses the next answer. */
  loseNextAnswer(): void {
    this.#toLose += 1;
  }
}
