import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { bodyOf, LocalServer } from "./local-server.ts";

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
export class OutageProxy extends LocalServer {
  readonly #upstream: string;
  weather: Weather = "fine";
  /** The operations asked for so far, such as `Query`, whatever became of them. */
  readonly operations: string[] = [];

  constructor(upstream: string) {
    super();
    this.#upstream = upstream;
  }

  protected async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { weather } = this;
    const body = await bodyOf(incoming);
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
    const text = (await bodyOf(answer)).toString();
    const changed =
      weather === "corrupt" ? text.replace(/("definition":\{"S":"\{.*?)Classify/, "$1Ignore") : text;
    const { "content-length": _, "x-amz-crc32": __, ...rest } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 500, rest).end(changed);
  }
}
