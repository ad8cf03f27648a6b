import { type Prompt, UserError } from "@promptops/core";
import type { BatchJob, Result } from "./job.ts";
import { addCall, type Call, recordContext } from "./record-context.ts";
import { isPassing, type Retries, retryDelay } from "./retries.ts";
import type { Run } from "./run.ts";
import type { Slots } from "./slots.ts";
import { addUsage, noUsage, type Usage } from "./usage.ts";

/** A record and its place in the input, from 0. */
export interface Item {
  readonly recordId: number;
  readonly record: unknown;
  /** Why it cannot be a record (a line that is no JSON); `record` is then what was read. */
  readonly problem?: string;
}

/** A record that has no result. */
export interface Failure {
  readonly recordId: number;
  readonly error: { readonly code: string; readonly message: string };
  /** How often it was tried. */
  readonly attempts: number;
  /** Whether the same might succeed later. */
  readonly passing: boolean;
  /** The record as it was read. */
  readonly input: unknown;
}

export interface RecordResult {
  readonly recordId: number;
  readonly result: Result;
}

/** What became of a batch. */
export interface BatchOutcome {
  /** In the order of the records. */
  readonly results: readonly RecordResult[];
  readonly failures: readonly Failure[];
  /** The records that were not begun, or not ended, because the run was to stop. */
  readonly left: readonly Item[];
  readonly usage: Usage;
}

/** Lets records in one by one, where a run has a budget or a rate. */
export interface Gate {
  /** Waits until a record may be tried; false when none may be any more. */
  enter(record: unknown): Promise<boolean>;
  /** Told of each try that was let in, when it has ended, with what its calls took. */
  leave(record: unknown, usage: Usage): void;
}

export interface BatchSettings {
  readonly prompts: ReadonlyMap<string, Prompt>;
  /** How many records are under way at once; batches may share them. */
  readonly slots: Slots;
  readonly retries: Retries;
  /** When aborted, no other record is begun. */
  readonly stop?: AbortSignal;
  /** When aborted, records under way are given up. */
  readonly signal: AbortSignal;
  readonly gate?: Gate;
  /** Told of each record that is done. */
  readonly onRecord?: (ending: Ending, usage: Usage) => void;
}

/** What became of a record. */
export type Ending = RecordResult | Failure;

/**
 * Processes the records of a batch: the same here, in a worker, and at each retry of a worker. It reads and writes nothing itself; the
 * job's own calls apart, the outcome depends on its arguments alone. It throws nothing for what a record does.
 */
export async function processBatch(
  job: BatchJob,
  run: Run,
  items: readonly Item[],
  settings: BatchSettings,
): Promise<BatchOutcome> {
  const endings: (Ending | undefined)[] = new Array(items.length);
  const usage = noUsage();
  let next = 0;
  const lane = async () => {
    await settings.slots.acquire();
    for (let item = items[next]; item !== undefined && !settings.stop?.aborted; item = items[next]) {
      const at = next;
      next += 1;
      const own = noUsage();
      const ending = await processRecord(job, run, item, settings, own);
      addUsage(usage, own);
      endings[at] = ending;
      if (ending !== undefined) settings.onRecord?.(ending, own);
    }
    settings.slots.release();
  };
  const lanes = Math.min(settings.slots.size, items.length);
  await Promise.all(Array.from({ length: lanes }, lane));

  const results: RecordResult[] = [];
  const failures: Failure[] = [];
  const left: Item[] = [];
  for (const [at, item] of items.entries()) {
    const ending = endings[at];
    if (ending === undefined) left.push(item);
    else if ("error" in ending) failures.push(ending);
    else results.push(ending);
  }
  return { results, failures, left, usage };
}

/** Undefined when the record was given up. */
async function processRecord(
  job: BatchJob,
  run: Run,
  item: Item,
  settings: BatchSettings,
  usage: Usage,
): Promise<Ending | undefined> {
  const { recordId, record } = item;
  if (item.problem !== undefined) return failure(item, malformed(item.problem), 0);
  const read = job.input.safeParse(record);
  if (!read.success) return failure(item, malformed(wordsOf(read.error)), 0);
  const { retries, gate, signal } = settings;
  for (let attempt = 1; ; attempt += 1) {
    if (gate !== undefined && !(await gate.enter(record))) return undefined;
    const calls: Call[] = [];
    try {
      const context = recordContext(run, recordId, attempt, settings, calls);
      const made = job.output.safeParse(await job.process(read.data, context));
      if (!made.success) throw malformedResult(job, wordsOf(made.error));
      if ("record_id" in made.data) throw malformedResult(job, "record_id is what the run adds");
      return { recordId, result: made.data };
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!isPassing(error) || attempt === retries.attempts) return failure(item, error, attempt);
    } finally {
      const took = noUsage();
      for (const call of calls) addCall(took, call);
      addUsage(usage, took);
      gate?.leave(record, took);
    }
    try {
      await retries.wait(retryDelay(attempt), signal);
    } catch {
      return undefined;
    }
    if (settings.stop?.aborted) return undefined;
  }
}

function failure({ recordId, record }: Item, error: unknown, attempts: number): Failure {
  const { code, name, message } = error as { code?: unknown; name?: string; message?: string };
  return {
    recordId,
    error: { code: typeof code === "string" ? code : (name ?? "Error"), message: message ?? String(error) },
    attempts,
    passing: isPassing(error),
    input: record,
  };
}

function malformed(problem: string): UserError {
  return new UserError("malformed-record", `the record is not what the job takes: ${problem}`);
}

function malformedResult({ name }: BatchJob, problem: string): UserError {
  return new UserError("malformed-result", `${name} did not give what its output says: ${problem}`);
}

function wordsOf({
  issues,
}: {
  readonly issues: readonly { path: PropertyKey[]; message: string }[];
}): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`))
    .join("; ");
}
