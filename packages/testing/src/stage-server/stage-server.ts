import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, LocalServer } from "../local-server.ts";
import { AwsError } from "./aws-error.ts";
import { goodStage } from "./good-stage.ts";
import { PROTOCOLS, type Protocol, type Reply } from "./protocols.ts";

/** The services, as the AWS SDK's settings of endpoints name them. */
const SERVICES = ["CLOUDWATCH", "DYNAMODB", "FIREHOSE", "LAMBDA", "PIPES", "S3", "SNS", "SSM", "STS"];

/**
 * The services of a deployed stage over HTTP, each in the protocol that the AWS SDK speaks with it, as far as they tell how
 * the stage is. It starts as one that is well. Which service is meant is in the signature, which is not checked but for its
 * time.
 */
export class StageServer extends LocalServer {
  /** The stage; tests bend it. */
  readonly parts = goodStage();
  /** How far its clock is ahead of this machine's. */
  clockMs = 0;
  /** The permissions that the caller does not have. */
  readonly denied = new Set<string>();
  /** The permissions whose operations get no answer at all. */
  readonly silent = new Set<string>();
  /** What was asked so far, by the permissions that it took; refusals by time not counted. */
  readonly asked: string[] = [];
  /** How many requests it refused by the time of their signatures. */
  refusedByTime = 0;

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await bodyOf(request)).toString();
    const [, service = ""] =
      /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(String(request.headers.authorization)) ?? [];
    const protocol = PROTOCOLS[service];
    if (protocol === undefined) {
      response.writeHead(501).end(`no such service here: ${service}`);
      return;
    }
    const reply = this.#reply(protocol, request, body);
    if (reply === undefined) return;
    response
      .writeHead(reply.status, { ...reply.headers, date: new Date(this.#now()).toUTCString() })
      .end(reply.body);
  }

  /** The SDK's settings that lead a program to this server. */
  static environment(endpoint: string): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: "AKIA",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "eu-central-1",
      ...Object.fromEntries(SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, endpoint])),
    };
  }

  #reply(protocol: Protocol, request: IncomingMessage, body: string): Reply | undefined {
    try {
      this.#checkTime(protocol, request);
      const { action, reply } = protocol.asked(request, body);
      this.asked.push(action);
      if (this.silent.has(action)) return undefined;
      if (this.denied.has(action)) {
        const { status, code } = protocol.denied;
        const message = `User: ${this.parts.caller.arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
        throw new AwsError(status, code, message);
      }
      return reply(this.parts);
    } catch (error) {
      if (error instanceof AwsError) return protocol.refusal(error);
      throw error;
    }
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
  #checkTime({ skewed }: Protocol, request: IncomingMessage): void {
    const stamp = String(request.headers["x-amz-date"]);
    const signed = Date.parse(
      stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
    );
    if (Math.abs(signed - this.#now()) <= skewed.minutes * 60_000) return;
    this.refusedByTime += 1;
    const now = new Date(this.#now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const message =
      signed < this.#now()
        ? `Signature expired: ${stamp} is now earlier than ${now} (less ${skewed.minutes} min.)`
        : `Signature not yet current: ${stamp} is still later than ${now} (plus ${skewed.minutes} min.)`;
    throw new AwsError(skewed.status, skewed.code, message);
  }

  #now(): number {
    return Date.now() + this.clockMs;
  }
}
