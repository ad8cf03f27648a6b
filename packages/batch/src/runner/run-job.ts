import { logPromptEvent } from "@promptops/core";
import { batchFile, openBatchFile } from "../batch-file.ts";
import { inputFiles } from "../input/input-file.ts";
import { readRecords } from "../input/read-records.ts";
import { type BatchSettings, type Ending, type Item, processBatch } from "../process-batch.ts";
import { usualRetries } from "../retries.ts";
import { openPrompts } from "../run.ts";
import { isS3 } from "../s3.ts";
import { Slots } from "../slots.ts";
import { addUsage, type Usage } from "../usage.ts";
import { BatchSoFar } from "./batch-so-far.ts";
import { type Batch, cutBatches, sampleOf } from "./cut.ts";
import { Estimator } from "./estimate.ts";
import { gateFor } from "./gates.ts";
import { openManifest } from "./manifest.ts";
import { systemClock } from "./pace.ts";
import { adoptManifest, announce, publish } from "./publish.ts";
import { RunFolder } from "./run-folder.ts";
import { progressOf } from "./run-progress.ts";
import type { RunSettings } from "./run-settings.ts";
import { Stopper } from "./stopper.ts";
import type { RunSummary } from "./summary.ts";
import { throughWorker } from "./through-worker.ts";
import { isTolerated } from "./tolerance.ts";
import { writeParts } from "./write-parts.ts";

/** How often a batch under way is saved as far as it is, in milliseconds: the most work that a kill can undo. */
const SAVE_EVERY_MS = 5_000;

/**
 * Runs a job over all records of an input, or goes on with the run whose manifest is in the output's folder: whatever ended the
 * process before, and whatever was pinned since, each record is in the output once, made with the versions that the run began with.
 *
 * @returns how it ended; `stopped` says why there is no output yet. A run that has ended before is not run again.
 * @throws UserError `no-input`, `unknown-format`, `malformed-input`, `changed-input`, `another-run`, `output-not-empty`,
 *   `no-price`; ServiceError `changed-version`, `s3-failed`; the errors of the client's `get`.
 */
export async function runBatchJob(settings: RunSettings): Promise<RunSummary> {
  const { job, input, output, client, channel, batchSize, outputFormat, limit, sample, onProgress } =
    settings;
  const started = performance.now();
  const files = await inputFiles(input);
  const folder = new RunFolder(isS3(output) ? settings.state : output);
  if (isS3(output)) await adoptManifest(output, folder);
  const cut = {
    batchSize,
    outputFormat,
    ...(limit !== undefined && { limit }),
    ...(sample !== undefined && { sample }),
  };
  const manifest = await openManifest(folder, job, { files, ...cut }, client, channel);
  const ended = folder.readSummary();
  if (ended !== undefined) {
    folder.clear();
    return JSON.parse(ended) as RunSummary;
  }
  folder.removeDrafts();
  if (isS3(output)) await announce(output, folder);

  const prompts = await openPrompts(manifest, client);
  const [prompt] = prompts.values();
  if (prompt === undefined) throw new Error("the manifest names no prompt");
  const { done, begun } = folder.savedBatches();
  const progress = progressOf([...done, ...begun]);
  const doneBatches = new Set(done.map(({ batch }) => batch));

  using stopper = new Stopper(settings.stop);
  const estimator = new Estimator(prompt);
  if (settings.maxCost !== undefined) estimator.requirePrice();
  const gate = gateFor(
    settings,
    { tokens: (record) => estimator.tokens(record), cost: (record) => estimator.cost(record) ?? 0 },
    progress.costUsd,
    () => stopper.stop("cost"),
    stopper.stopped,
    settings.clock ?? systemClock,
  );
  const slots = new Slots(settings.worker === undefined ? settings.concurrency : 1);
  const count = (ending: Ending, usage: Usage) => {
    const failed = "error" in ending;
    progress.records += 1;
    progress.recordsNow += 1;
    if (failed) progress.failed += 1;
    addUsage(progress, usage);
    if (failed && !isTolerated(settings.tolerance, progress.failed, progress.records, false)) {
      stopper.stop("failures");
    }
    onProgress?.(progress);
  };
  const batchSettings = {
    prompts,
    slots,
    retries: settings.retries ?? usualRetries,
    stop: stopper.stopped,
    signal: stopper.givenUp,
    ...(gate !== undefined && { gate }),
  };
  const { worker } = settings;
  const process = (items: readonly Item[], onRecord: NonNullable<BatchSettings["onRecord"]>) =>
    worker === undefined
      ? processBatch(job, manifest, items, { ...batchSettings, onRecord })
      : throughWorker(worker, manifest, items, { ...batchSettings, onRecord });

  const finish = async ({ batch, items }: Batch): Promise<void> => {
    const text = folder.readBegun(batch);
    const soFar = new BatchSoFar(text === undefined ? undefined : openBatchFile(text));
    const save = setInterval(
      () => folder.writeBegun(batch, batchFile(batch, soFar.outcome())),
      SAVE_EVERY_MS,
    );
    try {
      const { left } = await process(soFar.without(items), (ending, usage) => {
        soFar.add(ending, usage);
        count(ending, usage);
      });
      settings.flushEvents?.();
      const written = batchFile(batch, soFar.outcome());
      if (left.length === 0) folder.writeBatch(batch, written);
      else if (left.length < items.length) folder.writeBegun(batch, written);
    } finally {
      clearInterval(save);
    }
  };

  let bytes = 0;
  const read = () =>
    readRecords(files, (some) => {
      bytes += some;
      progress.share = manifest.input.bytes === 0 ? 1 : bytes / manifest.input.bytes;
    });
  const selection = {
    ...(limit !== undefined && { limit }),
    ...(sample !== undefined && { wanted: await sampleOf(readRecords(files), sample) }),
  };
  const underWay = new Set<Promise<void>>();
  let batches = 0;
  let failure: unknown;
  for await (const batch of cutBatches(read(), batchSize, selection)) {
    batches = batch.batch;
    if (doneBatches.has(batch.batch)) continue;
    await slots.idle();
    if (stopper.stopped.aborted) break;
    const work = finish(batch)
      .catch((error: unknown) => {
        failure ??= error;
        stopper.stop("error");
      })
      .finally(() => underWay.delete(work));
    underWay.add(work);
  }
  await Promise.all(underWay);
  if (failure !== undefined) throw failure;

  const { reason } = stopper;
  const tolerated = isTolerated(settings.tolerance, progress.failed, progress.records, true);
  const { runId, startedAt } = manifest;
  const summary: RunSummary = {
    runId,
    job: job.name,
    prompts: manifest.prompts,
    startedAt,
    records: progress.records,
    failed: progress.failed,
    inputTokens: progress.inputTokens,
    outputTokens: progress.outputTokens,
    costUsd: progress.costUsd,
    output,
    ...(reason !== undefined && { stopped: reason }),
    ...(reason === undefined && !tolerated && { stopped: "failures" as const }),
  };
  if (summary.stopped !== undefined) return summary;

  const parts = await writeParts(folder, manifest, batches);
  const complete: RunSummary = { ...summary, endedAt: new Date().toISOString(), parts };
  const text = `${JSON.stringify(complete, undefined, 2)}\n`;
  if (isS3(output)) await publish(output, folder, parts, text);
  logPromptEvent("batch_completed", prompt, {
    runtime: "batch",
    job_name: job.name,
    run_id: runId,
    records_processed: progress.records,
    latency_ms: Math.round(performance.now() - started),
    records_failed: progress.failed,
  });
  folder.writeSummary(text);
  return complete;
}
