import { randomUUID } from "node:crypto";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { type PromptClient, UserError } from "@promptops/core";
import type { BatchJob } from "../job.ts";
import { choosePrompts, type Run } from "../run.ts";
import { s3Head, s3Place, s3Put, s3Text } from "../s3.ts";
import { sfnError } from "./errors.ts";
import type { DatasetType } from "./state-machine.ts";

/** The input of the state machine, and the manifest of a run on it. */
export interface DistributedRun {
  readonly format: "promptops-batch-distributed/1";
  readonly startedAt: string;
  readonly run: Run;
  readonly dataset: { readonly type: DatasetType; readonly bucket: string; readonly key: string };
  /** S3's entity tag of the dataset. */
  readonly fingerprint: string;
  readonly batchSize: number;
  /** Records under way at once in each worker. */
  readonly concurrency: number;
  /** Workers at once. */
  readonly workers: number;
  /** Of the records, in batches that fail whole. */
  readonly tolerated: { readonly percent: number; readonly count: number };
  /** Where the workers put outcomes. */
  readonly results: string;
  /** Where the map puts what the workers returned. */
  readonly receipts: { readonly bucket: string; readonly prefix: string };
  readonly stateMachineArn: string;
}

export interface StartSettings {
  readonly job: BatchJob;
  /** `s3://bucket/key`. */
  readonly input: string;
  /** `s3://bucket/prefix`. */
  readonly output: string;
  readonly client: PromptClient;
  readonly channel: string;
  readonly stateMachineArn: string;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly workers: number;
  readonly tolerance: { readonly count: number } | { readonly percent: number };
}

/** An execution's name may have 80 characters; a job's name has 40 at most, and a run's id 36. */
const nameOf = ({ job, runId }: Run) => `${job}-${runId}`;

/**
 * Starts a run on Step Functions, or the same run again: its manifest in the output's place names the execution, which is started once.
 *
 * @throws UserError `no-input`, `unknown-format`, `another-run`, `no-state-machine`; ServiceError `s3-failed`, `step-functions-failed`; the
 *   errors of the client's `get`.
 */
export async function startRun(settings: StartSettings): Promise<{
  readonly run: DistributedRun;
  readonly executionArn: string;
}> {
  const run = await manifestFor(settings);
  const name = nameOf(run.run);
  try {
    const command = new StartExecutionCommand({
      stateMachineArn: run.stateMachineArn,
      name,
      input: JSON.stringify(run),
    });
    await new SFNClient({}).send(command);
  } catch (error) {
    // It was started before, and has ended.
    if ((error as Error).name !== "ExecutionAlreadyExists") throw sfnError(error, run.stateMachineArn);
  }
  return { run, executionArn: executionArnOf(run) };
}

/** A run as it was started. @throws UserError `no-run`. */
export async function openRun(output: string): Promise<DistributedRun> {
  const text = await s3Text(manifestAt(output));
  if (text !== undefined) {
    const run = JSON.parse(text) as DistributedRun;
    if (run.format === "promptops-batch-distributed/1") return run;
  }
  throw new UserError("no-run", `there is no run on Step Functions in ${output}`, {
    hint: "promptops batch start begins one. Is this the --output that it was given?",
    facts: { output },
  });
}

export function executionArnOf({ stateMachineArn, run }: DistributedRun): string {
  return `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${nameOf(run)}`;
}

async function manifestFor(settings: StartSettings): Promise<DistributedRun> {
  const { job, input, output, client, channel, tolerance } = settings;
  const dataset = { type: typeOf(input), ...s3Place(input) };
  const { tag: fingerprint } = await s3Head(s3Place(input));
  const there = await s3Text(manifestAt(output));
  if (there !== undefined) {
    const run = JSON.parse(there) as DistributedRun;
    const same =
      run.run?.job === job.name && run.fingerprint === fingerprint && run.dataset?.key === dataset.key;
    if (same) return run;
    throw new UserError(
      "another-run",
      `${output} has another run: of another job, of another input, or not on Step Functions`,
      {
        hint: "Give another --output.",
        facts: { output },
      },
    );
  }
  const { bucket, key } = s3Place(output);
  const run: DistributedRun = {
    format: "promptops-batch-distributed/1",
    startedAt: new Date().toISOString(),
    run: { runId: randomUUID(), job: job.name, prompts: await choosePrompts(job, client, channel) },
    dataset,
    fingerprint,
    batchSize: settings.batchSize,
    concurrency: settings.concurrency,
    workers: settings.workers,
    tolerated:
      "count" in tolerance
        ? { percent: 100, count: tolerance.count }
        : { percent: Math.floor(tolerance.percent), count: 2 ** 31 - 1 },
    results: `s3://${bucket}/${key}`,
    receipts: { bucket, prefix: `${key}/receipts` },
    stateMachineArn: settings.stateMachineArn,
  };
  await s3Put(manifestAt(output), `${JSON.stringify(run, undefined, 2)}\n`);
  return run;
}

function manifestAt(output: string) {
  const { bucket, key } = s3Place(output);
  return { bucket, key: `${key}/manifest.json` };
}

function typeOf(input: string): DatasetType {
  if (/manifest\.json$/i.test(input)) return "MANIFEST";
  const [, ending = ""] = /\.(csv|jsonl|parquet)$/i.exec(input) ?? [];
  if (ending !== "") return ending.toUpperCase() as DatasetType;
  throw new UserError("unknown-format", `nothing says how Step Functions is to read ${input}`, {
    hint: "Its name should end in .csv, .jsonl, .parquet or manifest.json (an S3 inventory); unpack packed files first.",
    facts: { input },
  });
}
