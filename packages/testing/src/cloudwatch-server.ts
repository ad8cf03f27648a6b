import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { dashboardFaults } from "./dashboard/dashboard-rules.ts";
import type { DashboardMessage } from "./dashboard/message.ts";
import { LocalServer } from "./local-server.ts";

interface Request {
  readonly DashboardName: string;
  readonly DashboardBody: string;
}

class CloudWatchError extends Error {
  readonly status: number;
  /** Its name in the older protocol, which answers still have in a header. */
  readonly code: string;
  readonly messages: readonly DashboardMessage[];

  constructor(name: string, status: number, code: string, messages: readonly DashboardMessage[] = []) {
    super(
      messages.map(({ DataPath, Message }) => `${DataPath} ${Message}`).join("; ") || `${name} of ${code}`,
    );
    this.name = name;
    this.status = status;
    this.code = code;
    this.messages = messages;
  }
}

/**
 * A small CloudWatch over HTTP, in JSON 1.0, for dashboards alone: it keeps their bodies, and takes those that its rules let
 * through. Signatures are not checked.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
 */
export class CloudWatchServer extends LocalServer {
  /** Bodies by the names of their dashboards. */
  readonly dashboards = new Map<string, string>();
  /** The names of dashboards that were written, as often as they were. */
  readonly writes: string[] = [];
  /** What an accepted body is answered with. */
  warnings: readonly DashboardMessage[] = [];

  protected override fail(response: ServerResponse, error: unknown): void {
    const { name, message, status, code, messages } =
      error instanceof CloudWatchError
        ? error
        : new CloudWatchError("InternalServiceFault", 500, "InternalFailure");
    response
      .writeHead(status, {
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-query-error": `${code};${status < 500 ? "Sender" : "Receiver"}`,
      })
      .end(
        JSON.stringify({
          __type: `com.amazonaws.cloudwatch#${name}`,
          message,
          ...(messages.length > 0 && { dashboardValidationMessages: messages }),
        }),
      );
  }

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers["x-amz-target"]).replace("GraniteServiceVersion20100801.", "");
    const input = (await json(request)) as Request;
    const answer =
      operation === "GetDashboard"
        ? this.#get(input)
        : operation === "PutDashboard"
          ? this.#put(input)
          : undefined;
    if (answer === undefined) throw new CloudWatchError("InvalidAction", 400, "InvalidAction");
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  }

  #get({ DashboardName }: Request): object {
    const body = this.dashboards.get(DashboardName);
    if (body === undefined) throw new CloudWatchError("DashboardNotFoundError", 404, "ResourceNotFound");
    const DashboardArn = `arn:aws:cloudwatch::123456789012:dashboard/${DashboardName}`;
    return { DashboardArn, DashboardBody: body, DashboardName };
  }

  #put({ DashboardName, DashboardBody }: Request): object {
    const faults = /^[\w-]{1,255}$/.test(DashboardName)
      ? dashboardFaults(DashboardBody)
      : [
          {
            DataPath: "",
            Message: "the name of the dashboard has other characters than letters, digits, - and _",
          },
        ];
    if (faults.length > 0) {
      throw new CloudWatchError("DashboardInvalidInputError", 400, "InvalidParameterInput", faults);
    }
    this.dashboards.set(DashboardName, DashboardBody);
    this.writes.push(DashboardName);
    return this.warnings.length > 0 ? { DashboardValidationMessages: this.warnings } : {};
  }
}
