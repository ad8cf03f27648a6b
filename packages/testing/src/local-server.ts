import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server on this machine that stands for a service, for as long as a test needs it. */
export abstract class LocalServer {
  readonly #server: Server = createServer((request, response) => {
    this.serve(request, response).catch((error: unknown) => this.fail(response, error));
  });

  /** Answers a request. */
  protected abstract serve(request: IncomingMessage, response: ServerResponse): Promise<void>;

  /** Answers a request that {@link serve} threw at. */
  protected fail(response: ServerResponse, _error: unknown): void {
    response.destroy();
  }

  /** @returns its endpoint. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** The body of a request, whole. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
}
