import { randomUUID } from "node:crypto";

/** What is known of the program that logs. */
interface Program {
  readonly runtime: string;
  readonly service: string | undefined;
  /** Whether CloudWatch is to make metrics of the line. */
  readonly metrics: boolean;
  /** The share of calls whose events are kept. */
  readonly sampleRate: number;
}

/** What is known of a moment without asking the caller. */
export interface Moment extends Program {
  readonly now: number;
  readonly eventId: string;
  readonly requestId: string | undefined;
}

let program: Program | undefined;

/** The moment at which an event happens. What belongs to the program is read from the environment once. */
export function thisMoment(): Moment {
  program ??= programIn(process.env);
  return {
    now: Date.now(),
    eventId: randomUUID(),
    runtime: program.runtime,
    service: program.service,
    requestId: requestId(),
    metrics: program.metrics,
    sampleRate: program.sampleRate,
  };
}

/**
 * In Lambda, lines become metrics by themselves (the embedded metric format); elsewhere the metadata would be noise.
 * `PROMPTOPS_SAMPLE_RATE` is the share of calls that is logged; what is no number from 0 to 1 counts as 1, since losing
 * events for a typing error would be worse than having too many.
 */
export function programIn(environment: Readonly<Record<string, string | undefined>>): Program {
  const {
    AWS_LAMBDA_FUNCTION_NAME: lambda,
    PROMPTOPS_SERVICE: service,
    PROMPTOPS_SAMPLE_RATE: rate,
  } = environment;
  const sampleRate = rate === undefined || rate === "" ? 1 : Number(rate);
  return {
    runtime: lambda ? "lambda" : "node",
    service: service || lambda || undefined,
    metrics: Boolean(lambda),
    sampleRate: sampleRate >= 0 && sampleRate <= 1 ? sampleRate : 1,
  };
}

/** What Lambda's runtime offers to code that is not handed the context (`@aws/lambda-invoke-store`). */
interface InvokeStore {
  getRequestId?(): string;
}

function requestId(): string | undefined {
  const { awslambda } = globalThis as { awslambda?: { InvokeStore?: InvokeStore } };
  const id = awslambda?.InvokeStore?.getRequestId?.();
  return id === "-" ? undefined : id;
}
