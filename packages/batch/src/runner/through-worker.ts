import type { BatchOutcome, BatchSettings, Item } from "../process-batch.ts";
import type { Run } from "../run.ts";
import { noUsage } from "../usage.ts";

/** Processes a batch somewhere else than in this process. It gives an end to every record. */
export type BatchWorker = (run: Run, items: readonly Item[]) => Promise<Omit<BatchOutcome, "left">>;

/** Has a worker process a batch, as a whole: the run's rates and budget hold for the batch. */
export async function throughWorker(
  worker: BatchWorker,
  run: Run,
  items: readonly Item[],
  { slots, gate, stop, onRecord }: BatchSettings,
): Promise<BatchOutcome> {
  await slots.acquire();
  try {
    let entered = 0;
    for (const { record } of items) {
      if (stop?.aborted || (gate !== undefined && !(await gate.enter(record)))) break;
      entered += 1;
    }
    const sent = items.slice(0, entered);
    if (sent.length === 0) return { results: [], failures: [], left: items, usage: noUsage() };
    const outcome = await worker(run, sent);
    const each = {
      inputTokens: outcome.usage.inputTokens / sent.length,
      outputTokens: outcome.usage.outputTokens / sent.length,
      costUsd: outcome.usage.costUsd / sent.length,
    };
    for (const { record } of sent) gate?.leave(record, each);
    for (const ending of [...outcome.results, ...outcome.failures]) onRecord?.(ending, each);
    return { ...outcome, left: items.slice(entered) };
  } finally {
    slots.release();
  }
}
