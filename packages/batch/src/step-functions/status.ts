import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeMapRunCommand,
  ListMapRunsCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { sfnError } from "./errors.ts";
import { type DistributedRun, executionArnOf, openRun } from "./start.ts";

/** How far a run on Step Functions is. */
export interface RunStatus {
  readonly run: DistributedRun;
  readonly executionArn: string;
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`. */
  readonly status: string;
  /** Why it failed. */
  readonly cause?: string;
  /** What the execution returned. */
  readonly output?: string;
  /** Records by what became of their batches; absent before the map has begun. */
  readonly records?: {
    readonly pending: number;
    readonly running: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly total: number;
  };
}

/**
 * @param output where `startRun` was told to put the run.
 * @throws UserError `no-run`, `no-state-machine`; ServiceError `s3-failed`, `step-functions-failed`.
 */
export async function runStatus(output: string): Promise<RunStatus> {
  const run = await openRun(output);
  const executionArn = executionArnOf(run);
  const client = new SFNClient({});
  try {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
    const [mapRun] = mapRuns;
    const records = mapRun === undefined ? undefined : await recordsOf(client, mapRun.mapRunArn);
    return {
      run,
      executionArn,
      ...outcomeOf(execution),
      ...(records !== undefined && { records }),
    };
  } catch (error) {
    throw sfnError(error, executionArn);
  }
}

function outcomeOf({ status, error, cause, output }: DescribeExecutionCommandOutput) {
  const why = [error, cause].filter(Boolean).join(": ");
  return {
    status: status ?? "RUNNING",
    ...(why !== "" && { cause: why }),
    ...(output !== undefined && { output }),
  };
}

async function recordsOf(
  client: SFNClient,
  mapRunArn: string | undefined,
): Promise<NonNullable<RunStatus["records"]>> {
  const { itemCounts } = await client.send(new DescribeMapRunCommand({ mapRunArn }));
  const {
    pending = 0,
    running = 0,
    succeeded = 0,
    failed = 0,
    timedOut = 0,
    aborted = 0,
    total = 0,
  } = itemCounts ?? {};
  return { pending, running, succeeded, failed: failed + timedOut + aborted, total };
}
