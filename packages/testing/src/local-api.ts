import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** For tests: a request as it came over the wire. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** For tests: what to do with a request. */
export type Reply = (response: ServerResponse, received: Received) => void;

/** For tests: a reply of JSON. */
export function replyJson(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return replyText(status, JSON.stringify(body), { "content-type": "application/json", ...headers });
}

/** For tests: a reply of whatever. */
export function replyText(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(status, headers).end(body);
}

/** For tests: a reply that never comes. */
export const noReply: Reply = () => {};

/** For tests: a connection that ends in the middle. */
export const hangUp: Reply = (response) => response.destroy();

/** For tests: an HTTP server that gives the replies it was given, in turn, the last of them for ever. */
export class LocalApi implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(...replies: readonly Reply[]): Promise<LocalApi> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const api = new LocalApi(server);
    server.on("request", async (request, response) => {
      const received = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: await json(request),
      };
      const reply = replies[api.received.length] ?? replies.at(-1);
      api.received.push(received);
      reply?.(response, received);
    });
    return api;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
