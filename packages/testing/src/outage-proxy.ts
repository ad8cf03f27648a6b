import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/**
 * How the engine behind the proxy seems to do. `gone`: connections are broken off. `slow`: answers take 500 ms.
 * `throttled` and `denied`: DynamoDB's own answers to these. `corrupt`: texts of versions come back changed.
 */
export type Weather = "fine" | "gone" | "slow" | "throttled" | "denied" | "corrupt";

const SLOW_MS = 500;

const ERRORS = {
  throttled: {
    __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput for the table was exceeded.",
  },
  denied: {
    __type: "com.amazonaws.dynamodb.v20120810#AccessDeniedException",
    message:
      "User: arn:aws:sts::123456789012:assumed-role/reader is not authorized to perform: dynamodb:Query",
  },
} as const;

/** Stands between a client and an engine, and makes an outage of it. */
export class OutageProxy {
  readonly #server: Server;
  readonly #upstream: string;
  weather: Weather = "fine";
  /** The operations asked for so far, such as `Query`, whatever became of them. */
  readonly operations: string[] = [];

  constructor(upstream: string) {
    this.#upstream = upstream;
    this.#server = createServer((incoming, outgoing) => {
      this.#handle(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  /** @returns its own endpoint. */
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

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { weather } = this;
    const body = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>));
    const { method = "POST", url = "/", headers } = incoming;
    this.operations.push(String(headers["x-amz-target"]).split(".")[1] ?? "");
    if (weather === "gone") {
      outgoing.destroy();
      return;
    }
    if (weather === "throttled" || weather === "denied") {
      outgoing.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
      outgoing.end(JSON.stringify(ERRORS[weather]));
      return;
    }
    if (weather === "slow") await setTimeout(SLOW_MS);
    const onward = request(new URL(url, this.#upstream), { method, headers });
    onward.end(body);
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    const text = Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>)).toString();
    const changed =
      weather === "corrupt" ? text.replace(/("definition":\{"S":"\{.*?)Classify/, "$1Ignore") : text;
    const { "content-length": _, "x-amz-crc32": __, ...rest } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 500, rest).end(changed);
  }
}
