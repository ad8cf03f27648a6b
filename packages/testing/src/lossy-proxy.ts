import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Stands between a client and an engine, and can lose an answer: the engine has done what was asked, and the client's
 * connection breaks before it hears of it.
 */
export class LossyProxy {
  readonly #server: Server;
  #toLose = 0;
  /** The requests passed on so far, answered or not. */
  requests = 0;

  constructor(upstream: string) {
    this.#server = createServer(async (incoming, outgoing) => {
      const body = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>));
      this.requests += 1;
      const lose = this.#toLose > 0;
      if (lose) this.#toLose -= 1;
      const { method, url, headers } = incoming;
      const onward = request(new URL(url ?? "/", upstream), { method: method ?? "POST", headers });
      onward.end(body);
      const [answer] = (await once(onward, "response")) as [IncomingMessage];
      const answerBody = Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>));
      if (lose) {
        outgoing.destroy();
      } else {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(answerBody);
      }
    });
  }

  /** @returns its own endpoint. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Loses the next answer. */
  loseNextAnswer(): void {
    this.#toLose += 1;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
