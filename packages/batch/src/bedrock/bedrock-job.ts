import {
  BedrockClient,
  CreateModelInvocationJobCommand,
  GetModelInvocationJobCommand,
} from "@aws-sdk/client-bedrock";
import { ServiceError } from "@promptops/core";
import type { Clock } from "../runner/pace.ts";
import { s3Place, s3Put, s3Text } from "../s3.ts";

const POLL_MS = 30_000;
const ENDED = new Set(["Completed", "PartiallyCompleted"]);
const FAILED = new Set(["Failed", "Stopped", "Expired"]);

interface JobRequest {
  readonly jobName: string;
  /** The run's id: asked twice, it is one job. */
  readonly runId: string;
  readonly roleArn: string;
  readonly modelId: string;
  /** `s3://bucket/prefix`. */
  readonly place: string;
}

/** A line of Bedrock's output. */
export interface Answer {
  readonly recordId: string;
  readonly modelOutput?: unknown;
  readonly error?: { readonly errorCode?: number; readonly errorMessage?: string };
}

/** Puts the questions in place and has Bedrock answer them. @returns the ARN of its job. @throws ServiceError `bedrock-failed`, `s3-failed`. */
export async function createJob(
  { jobName, runId, roleArn, modelId, place }: JobRequest,
  input: Uint8Array,
): Promise<string> {
  const { bucket, key } = s3Place(place);
  await s3Put({ bucket, key: `${key}/input.jsonl` }, input);
  try {
    const { jobArn } = await new BedrockClient({}).send(
      new CreateModelInvocationJobCommand({
        jobName,
        clientRequestToken: runId,
        roleArn,
        modelId,
        inputDataConfig: { s3InputDataConfig: { s3Uri: `${place}/input.jsonl`, s3InputFormat: "JSONL" } },
        outputDataConfig: { s3OutputDataConfig: { s3Uri: `${place}/output/` } },
      }),
    );
    if (jobArn !== undefined) return jobArn;
  } catch (error) {
    throw failed(error);
  }
  throw new ServiceError("bedrock-failed", "Bedrock gave the job no name");
}

/** Waits until Bedrock has ended; false when it was interrupted before. */
export async function ended(jobIdentifier: string, stop: AbortSignal, clock: Clock): Promise<boolean> {
  const client = new BedrockClient({});
  for (;;) {
    const { status = "", message = "" } = await client
      .send(new GetModelInvocationJobCommand({ jobIdentifier }))
      .catch((error: unknown) => {
        throw failed(error);
      });
    if (ENDED.has(status)) return true;
    if (FAILED.has(status))
      throw new ServiceError("bedrock-failed", `the Bedrock job ${jobIdentifier} is ${status}: ${message}`);
    try {
      await clock.wait(POLL_MS, stop);
    } catch {
      return false;
    }
  }
}

/** What Bedrock has answered, by the records' names. @throws ServiceError `bedrock-failed`, `s3-failed`. */
export async function answersOf(place: string, jobArn: string): Promise<ReadonlyMap<string, Answer>> {
  const { bucket, key } = s3Place(`${place}/output`);
  const id = jobArn.slice(jobArn.lastIndexOf("/") + 1);
  const text = await s3Text({ bucket, key: `${key}/${id}/input.jsonl.out` });
  if (text === undefined) {
    throw new ServiceError(
      "bedrock-failed",
      `the Bedrock job ${jobArn} has left no output in s3://${bucket}/${key}`,
    );
  }
  const answers = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Answer);
  return new Map(answers.map((answer) => [answer.recordId, answer]));
}

function failed(error: unknown): ServiceError {
  const { name = "Error", message = String(error) } = error as Error;
  return new ServiceError("bedrock-failed", `Bedrock: ${name}: ${message}`, {
    hint: "Check the region, the model and what this role may do, then run it again.",
    facts: { awsError: name },
    cause: error,
  });
}
