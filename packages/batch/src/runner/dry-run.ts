import type { PromptClient } from "@promptops/core";
import { inputFiles } from "../input/input-file.ts";
import { readRecords } from "../input/read-records.ts";
import type { BatchJob } from "../job.ts";
import { choosePrompts, openPrompts, type RunPrompt } from "../run.ts";
import { cutBatches, sampleOf } from "./cut.ts";
import { ESTIMATE, Estimator } from "./estimate.ts";

/** What a run would be, as far as that can be said without calling a model. */
export interface DryRun {
  readonly prompts: readonly RunPrompt[];
  readonly records: number;
  /** Records that the job would not take. */
  readonly malformed: number;
  readonly batches: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null when the model has no price. */
  readonly costUsd: number | null;
  /** How the tokens and the cost are estimated, in words. */
  readonly estimate: string;
}

interface DryRunSettings {
  readonly job: BatchJob;
  readonly input: string;
  readonly client: PromptClient;
  readonly channel: string;
  readonly batchSize: number;
  readonly limit?: number;
  readonly sample?: number;
}

/** Reads the input whole, and says what a run of it would be. @throws as `runBatchJob` does for its input and its prompts. */
export async function dryRun(settings: DryRunSettings): Promise<DryRun> {
  const { job, client, limit, sample } = settings;
  const files = await inputFiles(settings.input);
  const prompts = await choosePrompts(job, client, settings.channel);
  const [prompt] = (await openPrompts({ runId: "", job: job.name, prompts }, client)).values();
  if (prompt === undefined) throw new Error("a job has at least one prompt");
  const estimator = new Estimator(prompt);
  const total = { records: 0, malformed: 0, batches: 0, inputTokens: 0, outputTokens: 0 };
  let costUsd: number | null = 0;
  const selection = {
    ...(limit !== undefined && { limit }),
    ...(sample !== undefined && { wanted: await sampleOf(readRecords(files), sample) }),
  };
  for await (const { items } of cutBatches(readRecords(files), settings.batchSize, selection)) {
    total.batches += 1;
    for (const { record, problem } of items) {
      total.records += 1;
      if (problem !== undefined || !job.input.safeParse(record).success) {
        total.malformed += 1;
        continue;
      }
      total.inputTokens += estimator.inputTokens(record);
      total.outputTokens += estimator.outputTokens;
      const cost: number | null = estimator.cost(record);
      costUsd = costUsd === null || cost === null ? null : costUsd + cost;
    }
  }
  return { prompts, ...total, costUsd, estimate: ESTIMATE };
}
