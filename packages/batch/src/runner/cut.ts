import type { Item } from "../process-batch.ts";

/** Some records that are processed together, and saved together. */
export interface Batch {
  /** Its place among the batches, from 1. */
  readonly batch: number;
  readonly items: readonly Item[];
}

interface Selection {
  readonly limit?: number;
  /** The records that are wanted; all, where it is absent. */
  readonly wanted?: ReadonlySet<number>;
}

/** Cuts records into batches: the same records, the same batches. Nothing is read before it is needed. */
export async function* cutBatches(
  records: AsyncIterable<readonly Item[]>,
  batchSize: number,
  { limit = Number.POSITIVE_INFINITY, wanted }: Selection,
): AsyncGenerator<Batch> {
  let batch = 0;
  let taken = 0;
  let items: Item[] = [];
  for await (const some of records) {
    for (const item of some) {
      if (taken === limit) break;
      if (wanted !== undefined && !wanted.has(item.recordId)) continue;
      taken += 1;
      items.push(item);
      if (items.length < batchSize) continue;
      batch += 1;
      yield { batch, items };
      items = [];
    }
    if (taken === limit) break;
  }
  if (items.length > 0) yield { batch: batch + 1, items };
}

/** `count` of the records, spread over all of them; of the same number of records always the same. */
export async function sampleOf(
  records: AsyncIterable<readonly Item[]>,
  count: number,
): Promise<ReadonlySet<number>> {
  let kept: { readonly recordId: number; readonly place: number }[] = [];
  const keepLowest = () => {
    kept = kept.toSorted((a, b) => a.place - b.place || a.recordId - b.recordId).slice(0, count);
  };
  for await (const some of records) {
    for (const { recordId } of some) kept.push({ recordId, place: placeOf(recordId) });
    if (kept.length > 2 * count + 10_000) keepLowest();
  }
  keepLowest();
  return new Set(kept.map(({ recordId }) => recordId));
}

/** A number's fixed place among all: the last step of murmur3. */
function placeOf(recordId: number): number {
  let hash = Math.imul(recordId + 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
