import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "../process-batch.ts";
import { cutBatches, sampleOf } from "./cut.ts";

/** So many records, given so many at a time. */
async function* records(count: number, some: number): AsyncGenerator<readonly Item[]> {
  const all = Array.from({ length: count }, (_, recordId) => ({ recordId, record: {} }));
  for (let at = 0; at < count; at += some) yield all.slice(at, at + some);
}

const ids = (items: readonly Item[]) => items.map(({ recordId }) => recordId);
const sizes = fc.integer({ min: 1, max: 50 });

describe("cutBatches", () => {
  it("has every record once, in order, in full batches but the last, however the records come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(300), sizes, sizes, async (count, some, size) => {
        const batches = await Array.fromAsync(cutBatches(records(count, some), size, {}));
        expect(batches.flatMap(({ items }) => ids(items))).toEqual(
          Array.from({ length: count }, (_, at) => at),
        );
        expect(batches.map(({ batch }) => batch)).toEqual(batches.map((_, at) => at + 1));
        for (const { items } of batches.slice(0, -1)) expect(items).toHaveLength(size);
      }),
    );
  });

  it("reads no further than the limit", async () => {
    let read = 0;
    async function* counted() {
      for await (const some of records(1_000, 10)) {
        read += some.length;
        yield some;
      }
    }
    const batches = await Array.fromAsync(cutBatches(counted(), 10, { limit: 25 }));
    expect(batches.map(({ items }) => items.length)).toEqual([10, 10, 5]);
    expect(read).toBe(30);
  });

  it("keeps the numbers of the records that are wanted", async () => {
    const batches = await Array.fromAsync(cutBatches(records(100, 7), 2, { wanted: new Set([3, 50, 99]) }));
    expect(batches.map(({ items }) => ids(items))).toEqual([[3, 50], [99]]);
  });
});

describe("sampleOf", () => {
  it("has as many as asked for, the same each time, and those of a smaller one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(500), sizes, fc.nat(100), async (count, some, wanted) => {
        const sample = await sampleOf(records(count, some), wanted);
        expect(sample.size).toBe(Math.min(count, wanted));
        expect(await sampleOf(records(count, 13), wanted)).toEqual(sample);
        const smaller = await sampleOf(records(count, some), Math.floor(wanted / 2));
        for (const recordId of smaller) expect(sample.has(recordId)).toBe(true);
      }),
    );
  });

  it("is spread over the input", async () => {
    const sample = await sampleOf(records(100_000, 1_000), 1_000);
    const tenths = Object.groupBy(sample, (recordId) => Math.floor(recordId / 10_000));
    for (const tenth of Object.values(tenths)) expect(tenth?.length).toBeGreaterThan(60);
    expect(Object.keys(tenths)).toHaveLength(10);
  });
});
