import { isDeepStrictEqual } from "node:util";
import {
  CloudWatchClient,
  type DashboardValidationMessage,
  GetDashboardCommand,
  PutDashboardCommand,
} from "@aws-sdk/client-cloudwatch";
import { ServiceError, UserError } from "@promptops/core";
import type { JsonObject } from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import { type Ledger, readMonth } from "@promptops/core/ledger";
import {
  type Annotation,
  annotationOf,
  MAX_ANNOTATIONS,
  withAnnotations,
} from "./pins-on-dashboard-annotations.ts";

const DAY_MS = 24 * 3_600_000;
/** How far back lines go. */
const DAYS = 14;

/** What was done. */
interface Drawn {
  readonly annotations: number;
  /** Whether the dashboard had to be written. */
  readonly written: boolean;
}

/**
 * Draws a line at each moment at which a prompt was pinned, rolled back, unpinned, retired or restored onto the time series
 * of `PROMPTOPS_DASHBOARD`, as the ledger of `PROMPTOPS_TABLE` has them: of the last 14 days, the newest 50.
 *
 * Whoever calls it, and with what, it does the same, and a second time nothing. The stream of the table calls it, so that a
 * line is there soon, and a schedule, so that old lines go, and that lines come back after a deployment has written the
 * dashboard anew or after the index that is read here lagged behind the stream.
 *
 * @throws UserError `no-table-named`, `no-dashboard-named`. ServiceError `no-dashboard`, `dashboard-refused` with what
 *   CloudWatch says of the body, and what reading the ledger throws.
 */
export async function handler(): Promise<Drawn> {
  const table = setting("PROMPTOPS_TABLE", "no-table-named", "the ledger's table");
  const dashboard = setting("PROMPTOPS_DASHBOARD", "no-dashboard-named", "the dashboard's name");
  const endpoint = process.env.PROMPTOPS_ENDPOINT;
  // Events are never kept outside of the table.
  const annotations = await readAnnotations(
    dynamoLedger({ table, ...(endpoint && { endpoint }) }),
    new Date(),
  );
  const client = new CloudWatchClient();
  const body = await read(client, dashboard);
  const drawn = withAnnotations(body, annotations);
  const written = !isDeepStrictEqual(drawn, body);
  if (written) await write(client, dashboard, drawn);
  return { annotations: annotations.length, written };
}

/** The annotations of the last {@link DAYS} days, newest first, at most {@link MAX_ANNOTATIONS}. */
async function readAnnotations(ledger: Ledger, now: Date): Promise<readonly Annotation[]> {
  const since = new Date(now.getTime() - DAYS * DAY_MS).toISOString();
  const annotations: Annotation[] = [];
  for (const month of new Set([now.toISOString().slice(0, 7), since.slice(0, 7)])) {
    for await (const event of readMonth(ledger, month)) {
      if (event.at < since || annotations.length === MAX_ANNOTATIONS) return annotations;
      const annotation = annotationOf(event);
      if (annotation !== undefined) annotations.push(annotation);
    }
  }
  return annotations;
}

async function read(client: CloudWatchClient, dashboard: string): Promise<JsonObject> {
  try {
    const { DashboardBody } = await client.send(new GetDashboardCommand({ DashboardName: dashboard }));
    return JSON.parse(DashboardBody ?? "") as JsonObject;
  } catch (error) {
    // Where the answer has the older protocol's name of an error too, the SDK takes that.
    if (!isNamed(error, "DashboardNotFoundError", "ResourceNotFound")) throw error;
    throw new ServiceError("no-dashboard", `there is no dashboard "${dashboard}" to draw pins on`, {
      hint: "Deploy the stage, which makes it.",
      cause: error,
    });
  }
}

async function write(client: CloudWatchClient, dashboard: string, body: JsonObject): Promise<void> {
  const request = new PutDashboardCommand({ DashboardName: dashboard, DashboardBody: JSON.stringify(body) });
  try {
    const { DashboardValidationMessages: warnings = [] } = await client.send(request);
    // It was written all the same.
    if (warnings.length > 0) console.warn(`CloudWatch on the dashboard "${dashboard}": ${told(warnings)}`);
  } catch (error) {
    if (!isNamed(error, "DashboardInvalidInputError")) throw error;
    const { dashboardValidationMessages: faults = [], message } = error as RefusedError;
    throw new ServiceError(
      "dashboard-refused",
      `CloudWatch refuses the dashboard "${dashboard}" with pins on it: ${faults.length > 0 ? told(faults) : message}`,
      { hint: "It stays as it was. Deploying the stage writes it without pins.", cause: error },
    );
  }
}

interface RefusedError extends Error {
  readonly dashboardValidationMessages?: readonly DashboardValidationMessage[];
}

function told(messages: readonly DashboardValidationMessage[]): string {
  return messages.map(({ DataPath, Message }) => `${DataPath} ${Message}`).join("; ");
}

function isNamed(error: unknown, ...names: readonly string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}

function setting(variable: string, code: string, what: string): string {
  const value = process.env[variable];
  if (value) return value;
  throw new UserError(code, `${variable} is not set`, { hint: `Set it to ${what}.` });
}
