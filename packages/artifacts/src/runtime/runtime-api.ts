import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Delivery, FunctionError, Message } from "./messages.ts";

const BASE = "/2018-06-01/runtime";
/** What an invocation can be answered with. */
const ANSWER = /^\/invocation\/([^/]+)\/(response|error)$/;

/**
 * The Lambda Runtime API, for one execution environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #messages: Message[] = [];
  readonly #functionArn: string;
  #waiting: ((message: Message) => void) | undefined;
  /** The invocation that has no answer yet. */
  #current: string | undefined;

  constructor(functionArn: string) {
    this.#functionArn = functionArn;
  }

  /** @returns host and port, as `AWS_LAMBDA_RUNTIME_API` has them. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** What the environment says next. For one caller at a time. */
  message(): Promise<Message> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    if (route === `GET ${BASE}/invocation/next`) {
      this.#tell({ type: "next", deliver: (delivery) => this.#deliver(delivery, response) });
      return;
    }
    const body = await text(request);
    const message = this.#read(route, body);
    if (message === undefined) {
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ errorType: "InvalidRequestID", errorMessage: `not expected: ${route}` }));
      return;
    }
    // Told first: the process may end as soon as it has its answer.
    this.#tell(message);
    response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}\n');
  }

  #read(route: string, body: string): Message | undefined {
    if (route === `POST ${BASE}/init/error`) return { type: "init-error", error: errorIn(body) };
    if (!route.startsWith(`POST ${BASE}`)) return undefined;
    const [, requestId, answer] = ANSWER.exec(route.slice(`POST ${BASE}`.length)) ?? [];
    if (requestId === undefined || requestId !== this.#current) return undefined;
    this.#current = undefined;
    return answer === "error"
      ? { type: "error", error: errorIn(body) }
      : { type: "response", payload: JSON.parse(body) };
  }

  #deliver({ requestId, event, deadline }: Delivery, response: ServerResponse): void {
    this.#current = requestId;
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": requestId,
      "lambda-runtime-deadline-ms": deadline,
      "lambda-runtime-invoked-function-arn": this.#functionArn,
      "lambda-runtime-trace-id": traceId(),
    });
    response.end(JSON.stringify(event));
  }

  #tell(message: Message): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#messages.push(message);
    else waiting(message);
  }
}

function errorIn(body: string): FunctionError {
  return JSON.parse(body) as FunctionError;
}

/** An X-Ray trace that is not sampled. */
function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const [root, parent] = [randomBytes(12).toString("hex"), randomBytes(8).toString("hex")];
  return `Root=1-${seconds}-${root};Parent=${parent};Sampled=0`;
}
