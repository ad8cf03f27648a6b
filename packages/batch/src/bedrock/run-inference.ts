import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findModel, type Prompt, UserError } from "@promptops/core";
import { inputFiles } from "../input/input-file.ts";
import { readRecords } from "../input/read-records.ts";
import type { BatchJob, ModelCalls } from "../job.ts";
import { openPrompts } from "../run.ts";
import { cutBatches, sampleOf } from "../runner/cut.ts";
import { openManifest } from "../runner/manifest.ts";
import { systemClock } from "../runner/pace.ts";
import { RunFolder } from "../runner/run-folder.ts";
import { runBatchJob } from "../runner/run-job.ts";
import type { RunSettings } from "../runner/run-settings.ts";
import type { RunSummary } from "../runner/summary.ts";
import { type Answer, answersOf, createJob, ended } from "./bedrock-job.ts";
import { nameOf, questions } from "./questions.ts";

export interface InferenceSettings extends RunSettings {
  /** `s3://bucket/prefix` for what Bedrock reads and writes. */
  readonly exchange: string;
  /** The role that Bedrock takes to read and write there. */
  readonly roleArn: string;
}

/** Where a run keeps the name of its Bedrock job until it has ended. */
const JOB = "batches/bedrock.json";

/**
 * Runs a job by Bedrock's batch inference: all calls are written into one file, Bedrock answers them within a day at half the price, and the
 * answers, in whatever order, are made results. The output, the manifest and the way to go on are those of `runBatchJob`; a run that is
 * interrupted as it waits finds its Bedrock job again.
 *
 * @throws UserError `no-model-calls` when the job does not say how to call its model, `unknown-model`, `too-few-records`, `too-many-records`; ServiceError
 *   `bedrock-failed`; and as `runBatchJob` does.
 */
export async function runInference(settings: InferenceSettings): Promise<RunSummary> {
  const { job, output, client, channel, batchSize, outputFormat, limit, sample, stop } = settings;
  const { modelCalls } = job;
  if (modelCalls === undefined) {
    throw new UserError("no-model-calls", `${job.name} does not say how its model is called`, {
      hint: "Give the job modelCalls, for what Bedrock is to be asked and what is to be made of the answer.",
      facts: { job: job.name },
    });
  }
  const folder = new RunFolder(output);
  const files = await inputFiles(settings.input);
  const selection = { ...(limit !== undefined && { limit }), ...(sample !== undefined && { sample }) };
  const manifest = await openManifest(
    folder,
    job,
    { files, batchSize, outputFormat, ...selection },
    client,
    channel,
  );
  if (folder.readSummary() === undefined) {
    const [prompt] = (await openPrompts(manifest, client)).values();
    if (prompt === undefined) throw new Error("the manifest names no prompt");
    const place = `${settings.exchange}/${manifest.runId}`;
    const begin = async () => {
      const batches = cutBatches(readRecords(files), batchSize, {
        ...(limit !== undefined && { limit }),
        ...(sample !== undefined && { wanted: await sampleOf(readRecords(files), sample) }),
      });
      const jobName = `${job.name}-${manifest.runId.slice(0, 8)}`;
      const request = {
        jobName,
        runId: manifest.runId,
        roleArn: settings.roleArn,
        modelId: modelIdOf(prompt),
        place,
      };
      return createJob(request, await questions(job, batches, prompt, modelCalls));
    };
    const jobArn = startedIn(folder) ?? (await begin());
    folder.write(JOB, JSON.stringify({ jobArn }));
    if (!(await ended(jobArn, stop, settings.clock ?? systemClock))) {
      return {
        ...manifest,
        records: 0,
        failed: 0,
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
        output,
        stopped: "interrupted",
      };
    }
    const answers = await answersOf(place, jobArn);
    return runBatchJob({ ...settings, job: answered(job, modelCalls, answers) });
  }
  return runBatchJob(settings);
}

/** The job with what Bedrock has answered in place of its calls. */
function answered(job: BatchJob, { result }: ModelCalls, answers: ReadonlyMap<string, Answer>): BatchJob {
  return {
    ...job,
    process(record, context) {
      const answer = answers.get(nameOf(context.recordId));
      if (answer?.modelOutput !== undefined) return result(answer.modelOutput, record, context);
      const { errorCode = "", errorMessage = "no answer" } = answer?.error ?? {};
      throw new UserError("provider-rejected", `Bedrock: ${errorCode} ${errorMessage}`);
    },
  };
}

function startedIn(folder: RunFolder): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder.path, JOB), "utf8")) as { jobArn: string }).jobArn;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** What Bedrock calls the model. @throws UserError `unknown-model`. */
function modelIdOf({ model: name }: Prompt): string {
  const model = findModel(name);
  if (model?.provider === "bedrock") return model.id;
  throw new UserError("unknown-model", `${name} is no model of Bedrock in prompts/models.yaml`, {
    facts: { model: name },
  });
}
