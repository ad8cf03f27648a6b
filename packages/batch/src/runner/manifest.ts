import { createHash, randomUUID } from "node:crypto";
import { type PromptClient, UserError } from "@promptops/core";
import type { InputFile } from "../input/input-file.ts";
import type { BatchJob } from "../job.ts";
import { choosePrompts, type Run } from "../run.ts";
import type { RunFolder } from "./run-folder.ts";

const FORMAT = "promptops-batch-run/1";

/** What decides which records there are, and in which batches. */
export interface Plan {
  readonly files: readonly InputFile[];
  readonly batchSize: number;
  readonly outputFormat: "jsonl" | "parquet";
  /** Only so many records, the first. */
  readonly limit?: number;
  /** Only so many records, spread over the input. */
  readonly sample?: number;
}

/** A run as it was begun, in `manifest.json` of its folder. Nothing in it ever changes. */
export interface Manifest extends Run, Omit<Plan, "files"> {
  readonly format: typeof FORMAT;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly input: {
    readonly bytes: number;
    /** SHA-256 over the fingerprints of the files, in their order. */
    readonly fingerprint: string;
    readonly files: readonly InputFile[];
  };
}

/**
 * The manifest of the run in this folder; a new one, with the prompts' versions of this moment, where there is none.
 *
 * @throws UserError `another-run` when the folder has the run of another job or input, or one that was cut differently,
 *   `output-not-empty` when it has files of something else; the errors of the client's `get`.
 */
export async function openManifest(
  folder: RunFolder,
  job: BatchJob,
  plan: Plan,
  client: PromptClient,
  channel: string,
): Promise<Manifest> {
  const text = folder.readManifest();
  if (text !== undefined) {
    const manifest = JSON.parse(text) as Manifest;
    refuseAnother(folder.path, manifest, job, plan, channel);
    return manifest;
  }
  folder.refuseStrangers();
  const { files, ...cut } = plan;
  const manifest: Manifest = {
    format: FORMAT,
    runId: randomUUID(),
    job: job.name,
    startedAt: new Date().toISOString(),
    prompts: await choosePrompts(job, client, channel),
    input: {
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      fingerprint: fingerprintOf(files),
      files,
    },
    ...cut,
  };
  folder.writeManifest(`${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

function refuseAnother(folder: string, manifest: Manifest, job: BatchJob, plan: Plan, channel: string): void {
  const wanted = [
    ["format of the manifest", manifest.format, FORMAT],
    ["job", manifest.job, job.name],
    ["prompts", manifest.prompts.map(({ id }) => id).join(", "), job.promptIds.join(", ")],
    ["channel", manifest.prompts[0]?.channel, channel],
    ["input's fingerprint", manifest.input.fingerprint, fingerprintOf(plan.files)],
    ["batch size", manifest.batchSize, plan.batchSize],
    ["output format", manifest.outputFormat, plan.outputFormat],
    ["limit", manifest.limit, plan.limit],
    ["sample", manifest.sample, plan.sample],
  ] as const;
  const difference = wanted.find(([, its, ours]) => its !== ours);
  if (difference === undefined) return;
  const [what, its, ours] = difference;
  throw new UserError(
    "another-run",
    `${folder} has another run, begun ${manifest.startedAt}: its ${what} is ${its ?? "none"}, not ${ours ?? "none"}`,
    {
      hint: "Give another --output, or go on with that run by the options it was begun with.",
      facts: { folder, runId: manifest.runId },
    },
  );
}

function fingerprintOf(files: readonly InputFile[]): string {
  const hash = createHash("sha256");
  for (const { bytes, format, fingerprint } of files) hash.update(`${format} ${bytes} ${fingerprint}\n`);
  return hash.digest("hex");
}
