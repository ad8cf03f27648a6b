import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import {
  dryRun,
  findJob,
  type RunSettings,
  type RunSummary,
  runBatchJob,
  type Tolerance,
} from "@promptops/batch/runner";
import { createPromptClient } from "@promptops/core";
import { wholeStage } from "@promptops/stage";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { stateFolder } from "../../state-folder.ts";
import { UsageError } from "../../usage-error.ts";
import { startBuiltWorker } from "./built-worker.ts";
import { openRunEvents } from "./events.ts";
import { lockRun } from "./lock-run.ts";
import { dryRunWords, progressWords, summaryWords } from "./words.ts";

interface Options {
  readonly input: string;
  readonly output: string;
  readonly format: "jsonl" | "parquet";
  readonly channel: string;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly maxFailures: Tolerance;
  readonly maxCost?: number;
  readonly limit?: number;
  readonly sample?: number;
  readonly dryRun?: boolean;
  readonly engine: "process" | "bedrock-batch";
  readonly exchange?: string;
  readonly role?: string;
  readonly asWorker?: boolean;
}

const EXIT_INTERRUPTED = 130;

/** Runs a job on this machine, or goes on with a run. */
export async function runJob(context: Context, name: string, options: Options): Promise<Outcome> {
  const { input, output, channel, batchSize, limit, sample } = options;
  const environment = await context.environment();
  // The job's code reads settings as a program does that `promptops exec` has started.
  Object.assign(process.env, environment);
  const job = await findJob(context.root(), name);
  const client = createPromptClient({ ledger: await context.ledger() });
  const selection = { ...(limit !== undefined && { limit }), ...(sample !== undefined && { sample }) };
  if (options.dryRun) {
    const plan = await dryRun({ job, input, client, channel, batchSize, ...selection });
    return { json: plan, text: dryRunWords(job.name, plan) };
  }
  // However it is written: `out`, `./out` and `out/` are one run.
  const target = output.startsWith("s3://") ? output.replace(/\/+$/, "") : resolve(output);
  const state = join(
    stateFolder(context.root()),
    "batch",
    createHash("sha256").update(target).digest("hex").slice(0, 16),
  );
  using _ = lockRun(state, output);
  await using events = await openRunEvents(context);
  await using built = options.asWorker
    ? await startBuiltWorker(context, environment, options.concurrency, events)
    : undefined;
  const started = Date.now();
  const { rpm, tpm, maxCost } = options;
  const settings: RunSettings = {
    job,
    input,
    output: target,
    state,
    client,
    channel,
    batchSize,
    outputFormat: options.format,
    ...selection,
    concurrency: options.concurrency,
    tolerance: options.maxFailures,
    ...(rpm !== undefined && { rpm }),
    ...(tpm !== undefined && { tpm }),
    ...(maxCost !== undefined && { maxCost }),
    stop: interruption(context),
    ...(built !== undefined && { worker: built.process }),
    flushEvents: () => events.flush(),
    ...(process.stderr.isTTY && {
      onProgress: (progress) => context.progress.update(progressWords(progress, Date.now() - started)),
    }),
  };
  const summary =
    options.engine === "process" ? await runBatchJob(settings) : await inBedrock(context, settings, options);
  return { json: summary, text: summaryWords(summary), exitCode: exitCodeOf(summary) };
}

/** Has Bedrock's batch inference make the calls. */
async function inBedrock(context: Context, settings: RunSettings, options: Options): Promise<RunSummary> {
  const found = await context.stage();
  const stage = found && wholeStage(found);
  const { exchange = stage && `s3://${stage.batchBucket}/bedrock`, role = stage?.bedrockRole } = options;
  if (exchange === undefined || role === undefined || settings.output.startsWith("s3://")) {
    throw new UsageError(
      "--engine bedrock-batch needs a folder for --output, and --stage, or --exchange and --role",
    );
  }
  const { runInference } = await import("@promptops/batch/bedrock");
  return runInference({ ...settings, exchange: exchange.replace(/\/+$/, ""), roleArn: role });
}

/** The first signal lets records under way end; the second one ends the program. */
function interruption(context: Context): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    context.onSignal(signal, () => {
      context.onSignal("SIGINT", undefined);
      context.onSignal("SIGTERM", undefined);
      stop.abort();
    });
  }
  return stop.signal;
}

function exitCodeOf({ stopped }: RunSummary): number {
  if (stopped === undefined) return 0;
  return stopped === "interrupted" ? EXIT_INTERRUPTED : 1;
}
