import { createPromptClient, type PromptClient, ServiceError, UserError } from "@promptops/core";
import { batchFile, readBatchFile } from "./batch-file.ts";
import type { BatchJob } from "./job.ts";
import { type BatchOutcome, type Item, processBatch } from "./process-batch.ts";
import { usualRetries } from "./retries.ts";
import { openPrompts, type Run } from "./run.ts";
import { Slots } from "./slots.ts";
import type { Usage } from "./usage.ts";

/** What a batch's input is, besides its records: the `BatchInput` of a Distributed Map. */
export interface BatchInput {
  readonly run: Run;
  /** `s3://bucket/prefix`, where outcomes are put; absent: the outcome is what the worker returns. */
  readonly results?: string;
  /** How many records are under way at once. Default 8. */
  readonly concurrency?: number;
}

/** The event of a worker. */
export interface WorkerEvent {
  readonly BatchInput: BatchInput;
  readonly Items: readonly Item[];
}

/** What a worker returns that has put the outcome elsewhere. */
export interface BatchReceipt extends Usage {
  readonly batch: number;
  readonly results: number;
  readonly failures: number;
  /** The outcome's address. */
  readonly file: string;
}

/**
 * A Lambda handler that processes batches of these jobs as the local runner does. The engine may run a batch twice: an outcome that is
 * there is not made again, and the same records give the same file.
 *
 * The handler throws UserError `unknown-job`, ServiceError `batch-failed` when every record failed and might succeed later, so that the engine
 * tries again and counts it, and the errors of `openPrompts`.
 */
export function batchWorker(
  jobs: readonly BatchJob[],
): (event: WorkerEvent) => Promise<Omit<BatchOutcome, "left"> | BatchReceipt> {
  let client: PromptClient | undefined;
  return async ({ BatchInput: { run, results, concurrency = 8 }, Items: items }) => {
    const job = jobs.find(({ name }) => name === run.job);
    if (job === undefined) {
      throw new UserError("unknown-job", `this worker has no job "${run.job}"`, {
        hint: `It has ${jobs.map(({ name }) => name).join(", ")}. Add the job to packages/functions/src/jobs and deploy.`,
      });
    }
    const first = items[0]?.recordId ?? 0;
    const address = results && `${results}/batches/${String(first).padStart(12, "0")}.jsonl`;
    if (address) {
      const { readOutcome } = await import("./outcome-store.ts");
      const there = await readOutcome(address);
      if (there !== undefined) return { ...readBatchFile(there).header, file: address };
    }
    client ??= createPromptClient();
    const { left: _, ...outcome } = await processBatch(job, run, items, {
      prompts: await openPrompts(run, client),
      slots: new Slots(concurrency),
      retries: usualRetries,
      signal: new AbortController().signal,
    });
    refuseFailed(outcome);
    if (!address) return outcome;
    const { writeOutcome } = await import("./outcome-store.ts");
    const text = batchFile(first, outcome);
    await writeOutcome(address, text);
    return { ...readBatchFile(text).header, file: address };
  };
}

function refuseFailed({ results, failures }: Omit<BatchOutcome, "left">): void {
  const [failure] = failures;
  if (failure === undefined || results.length > 0 || failures.some(({ passing }) => !passing)) return;
  const { code, message } = failure.error;
  throw new ServiceError(
    "batch-failed",
    `all ${failures.length} records failed, the first with ${code}: ${message}`,
  );
}
