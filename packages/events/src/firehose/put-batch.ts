import { setTimeout } from "node:timers/promises";
import type { PutRecordBatchCommandOutput, PutRecordBatchResponseEntry } from "@aws-sdk/client-firehose";
import { isPassing } from "./errors.ts";
import type { EventRecord } from "./records.ts";

/** The pause after the first failure is up to this long, in milliseconds, after each further one up to twice as long. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface Outcome {
  /** The records that Firehose did not take, or did not say that it took. */
  readonly left: readonly EventRecord[];
  /** Why, if there are any. */
  readonly problem?: unknown;
}

/**
 * Puts records, again and again those that failed, with exponential backoff and full jitter, until all are taken, the
 * time is up, or the failure is not one that passes. It does not throw.
 *
 * @param put one request.
 * @param giveUpAfterMs no request begins later than this, in milliseconds. With 0 there is one.
 */
export async function putBatch(
  put: (records: readonly EventRecord[]) => Promise<PutRecordBatchCommandOutput>,
  records: readonly EventRecord[],
  giveUpAfterMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const until = performance.now() + giveUpAfterMs;
  let left = records;
  for (let attempt = 0; ; attempt += 1) {
    let problem: unknown;
    try {
      const { RequestResponses: responses = [] } = await put(left);
      left = left.filter((_, at) => responses[at]?.RecordId === undefined);
      if (left.length === 0) return { left };
      problem = refusal(responses.find(({ ErrorCode }) => ErrorCode !== undefined));
    } catch (error) {
      if (signal.aborted || !isPassing(error)) return { left, problem: error };
      problem = error;
    }
    const pause = Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
    if (performance.now() + pause > until) return { left, problem };
    try {
      await setTimeout(pause, undefined, { signal });
    } catch {
      return { left, problem };
    }
  }
}

function refusal(entry: PutRecordBatchResponseEntry | undefined): Error {
  const error = new Error(entry?.ErrorMessage ?? "Firehose did not say why it refused records");
  error.name = entry?.ErrorCode ?? "Error";
  return error;
}
