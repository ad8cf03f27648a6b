import { ServiceError, UserError } from "@promptops/core";
import { batchFile, readBatchFile } from "../batch-file.ts";
import type { Item } from "../process-batch.ts";
import { RunFolder } from "../runner/run-folder.ts";
import type { RunSummary } from "../runner/summary.ts";
import { writeParts } from "../runner/write-parts.ts";
import { s3Place, s3Text } from "../s3.ts";
import { addUsage, noUsage } from "../usage.ts";
import type { BatchReceipt } from "../worker.ts";
import { runStatus } from "./status.ts";

/** What the map's manifest says. */
interface MapManifest {
  readonly DestinationBucket: string;
  readonly ResultFiles: Readonly<
    Record<"FAILED" | "PENDING" | "SUCCEEDED", readonly { readonly Key: string }[]>
  >;
}

/** What the map says of the execution of a batch. Input and output are JSON in texts. */
interface BatchExecution {
  readonly Input?: string;
  readonly Output?: string;
  readonly Error?: string;
  readonly Cause?: string;
}

/**
 * Brings the output of a run on Step Functions here, in the parts in which the local runner writes it. The records of batches that failed as a
 * whole are among the failures.
 *
 * @param output where `startRun` was told to put the run.
 * @param to a folder that is empty or not there.
 * @throws UserError `not-ended`, `output-not-empty`, and as `runStatus` does; ServiceError `no-results`, `s3-failed`.
 */
export async function fetchResults(
  output: string,
  to: string,
  format: "jsonl" | "parquet",
): Promise<RunSummary> {
  const status = await runStatus(output);
  if (status.status === "RUNNING") {
    throw new UserError("not-ended", `the run in ${output} has not ended`, {
      hint: "promptops batch status says how far it is.",
    });
  }
  const { run } = status;
  const manifest = await mapManifest(status.output);
  const folder = new RunFolder(to);
  folder.refuseStrangers();
  folder.writeManifest(`${JSON.stringify(run, undefined, 2)}\n`);

  const { SUCCEEDED, FAILED } = manifest.ResultFiles;
  const batches: { readonly first: number; readonly text: () => Promise<string> }[] = [];
  for (const { Output = "null" } of await executionsIn(manifest, SUCCEEDED)) {
    const receipt = JSON.parse(Output) as BatchReceipt;
    batches.push({ first: receipt.batch, text: () => outcomeAt(receipt.file) });
  }
  for (const { Input = '{"Items":[]}', Error: name = "Error", Cause: cause = "" } of await executionsIn(
    manifest,
    FAILED,
  )) {
    const { Items } = JSON.parse(Input) as { readonly Items: readonly Item[] };
    batches.push({ first: Items[0]?.recordId ?? 0, text: async () => failedBatch(Items, name, cause) });
  }
  const totals = { ...noUsage(), records: 0, failed: 0 };
  for (const [at, { text }] of batches.toSorted((a, b) => a.first - b.first).entries()) {
    const content = await text();
    const { header } = readBatchFile(content);
    totals.records += header.results + header.failures;
    totals.failed += header.failures;
    addUsage(totals, header);
    folder.writeBatch(at + 1, content);
  }
  const parts = await writeParts(folder, { batchSize: run.batchSize, outputFormat: format }, batches.length);
  const { runId, job, prompts } = run.run;
  const summary: RunSummary = {
    runId,
    job,
    prompts,
    startedAt: run.startedAt,
    endedAt: new Date().toISOString(),
    ...totals,
    output: to,
    parts,
  };
  folder.writeSummary(`${JSON.stringify(summary, undefined, 2)}\n`);
  return summary;
}

async function mapManifest(executionOutput: string | undefined): Promise<MapManifest> {
  const { ResultWriterDetails: at } = JSON.parse(executionOutput ?? "{}") as {
    readonly ResultWriterDetails?: { readonly Bucket: string; readonly Key: string };
  };
  const text = at && (await s3Text({ bucket: at.Bucket, key: at.Key }));
  if (text !== undefined) return JSON.parse(text) as MapManifest;
  throw new ServiceError("no-results", "the execution has left no results", {
    hint: "promptops batch status says why it failed.",
  });
}

async function executionsIn(
  { DestinationBucket: bucket }: MapManifest,
  files: readonly { readonly Key: string }[],
): Promise<readonly BatchExecution[]> {
  const executions: BatchExecution[] = [];
  for (const { Key: key } of files) {
    const text = await s3Text({ bucket, key });
    executions.push(...(JSON.parse(text ?? "[]") as readonly BatchExecution[]));
  }
  return executions;
}

async function outcomeAt(file: string): Promise<string> {
  const text = await s3Text(s3Place(file));
  if (text !== undefined) return text;
  throw new ServiceError("no-results", `${file}, which a worker has written, is not there`);
}

function failedBatch(items: readonly Item[], code: string, message: string): string {
  const failures = items.map(({ recordId, record: input }) => ({
    recordId,
    error: { code, message },
    attempts: 1,
    passing: true,
    input,
  }));
  return batchFile(items[0]?.recordId ?? 0, { results: [], failures, usage: noUsage() });
}
