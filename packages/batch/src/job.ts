import {
  type EventFields,
  type ObservedCall,
  type ObservedEvent,
  type Prompt,
  UserError,
} from "@promptops/core";
import type { ZodType, z } from "zod";

/** What a job gives for a record: the columns of the output. */
export type Result = Readonly<Record<string, unknown>>;

/** What a record is processed with. */
export interface RecordContext {
  /** The job's prompt: in the whole run the version that the run's manifest names. */
  readonly prompt: Prompt;
  /** All prompts of the job by id, {@link prompt} among them. */
  readonly prompts: ReadonlyMap<string, Prompt>;
  /**
   * Core's `observe` with the job's prompt, `job_name`, `run_id` and `record_id` in it. What the body says of tokens is what the run
   * counts.
   *
   * @param prompt where the call is one of another of the job's prompts.
   */
  observe<T>(
    extra: EventFields,
    body: (event: ObservedEvent, call: ObservedCall) => T | Promise<T>,
    prompt?: Prompt,
  ): Promise<T>;
  /** Aborted when the run is stopped and does not wait any longer. */
  readonly signal: AbortSignal;
  readonly runId: string;
  /** The record's place in the input, from 0. */
  readonly recordId: number;
  /** 1 at first; higher when this record was tried before in this process. */
  readonly attempt: number;
}

/** How a job's model is called, for engines that make the calls themselves. */
export interface ModelCalls {
  /** What the model is to be asked for a record, in the model's own form (Bedrock's `modelInput`). */
  request(record: unknown, prompt: Prompt): object;
  /** What is made of the model's answer (`modelOutput`). */
  result(answer: unknown, record: unknown, context: RecordContext): unknown;
}

/** A job as the runner and the workers know it. */
export interface BatchJob {
  readonly [MARK]: true;
  readonly name: string;
  /** The ids of its prompts, the one of the context's `prompt` first. */
  readonly promptIds: readonly [string, ...string[]];
  readonly input: ZodType;
  readonly output: ZodType<Result>;
  /** What it gives is checked by `output`. */
  process(record: unknown, context: RecordContext): unknown;
  readonly modelCalls?: ModelCalls;
}

interface JobSpec<Input extends ZodType, Output extends ZodType<Result>> {
  /** Small letters, digits and hyphens, at most 40 characters. */
  readonly name: string;
  /** The id of the prompt that it calls. */
  readonly prompt: string;
  /** The ids of further prompts. */
  readonly otherPrompts?: readonly string[];
  /** What a record must be. Fields of CSV files are texts: `z.coerce` makes numbers of them. */
  readonly input: Input;
  /** What a result must be: an object. `record_id` is added to it. */
  readonly output: Output;
  /**
   * Makes the result of one record. ServiceErrors of PromptOps are tried again; with any other error the record has failed. It may be
   * called twice for one record (after a kill, or by the engine on AWS), so it should do nothing that cannot be done twice.
   */
  process(record: z.output<Input>, context: RecordContext): z.input<Output> | Promise<z.input<Output>>;
  /** The same as {@link process} in two halves, for Bedrock's batch inference, which makes the calls in between. */
  readonly modelCalls?: {
    request(record: z.output<Input>, prompt: Prompt): object;
    result(
      answer: unknown,
      record: z.output<Input>,
      context: RecordContext,
    ): z.input<Output> | Promise<z.input<Output>>;
  };
}

/** A symbol that all copies of this package share. */
const MARK = Symbol.for("promptops.batch-job");

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 40;

/**
 * A job: a function of a record, with what it takes and gives. The default export of a file `*.job.ts`, `*.job.js` or `*.job.mjs`.
 *
 * @throws UserError `malformed-job` when its name cannot be one.
 *
 * @example
 * export default defineBatchJob({
 *   name: "classify-messages",
 *   prompt: "customer-support.intent-classifier",
 *   input: z.object({ text: z.string() }),
 *   output: z.object({ label: z.string() }),
 *   process: ({ text }, { prompt, observe }) =>
 *     observe({}, async () => ({ label: await callModel(prompt.render(), text) })),
 * });
 */
export function defineBatchJob<Input extends ZodType, Output extends ZodType<Result>>(
  spec: JobSpec<Input, Output>,
): BatchJob {
  const { name, prompt, otherPrompts = [], input, output } = spec;
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new UserError("malformed-job", `"${name}" cannot be the name of a job`, {
      hint: `Use small letters, digits and hyphens, at most ${MAX_NAME_LENGTH} characters.`,
      facts: { name },
    });
  }
  return Object.freeze({
    [MARK]: true as const,
    name,
    promptIds: [prompt, ...otherPrompts] as const,
    input,
    output,
    // The record is what `input` made of it.
    process: (record: unknown, context: RecordContext) => spec.process(record as z.output<Input>, context),
    ...(spec.modelCalls !== undefined && { modelCalls: spec.modelCalls as ModelCalls }),
  });
}

export function isBatchJob(value: unknown): value is BatchJob {
  return typeof value === "object" && value !== null && MARK in value;
}
