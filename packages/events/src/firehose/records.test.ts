import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  batchLength,
  bytesIn,
  type EventRecord,
  linesIn,
  MAX_BATCH_BYTES,
  RECORD_BYTES,
  RecordPacker,
  recordsOf,
} from "./records.ts";

const lines = fc.array(
  fc
    .oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.integer({ min: 0, max: 3 * RECORD_BYTES }).map((length) => "x".repeat(length)),
      fc.integer({ min: 0, max: RECORD_BYTES }).map((length) => "é".repeat(length)),
    )
    .map((text) => `${text.replaceAll("\n", " ")}\n`),
  { maxLength: 40 },
);

const pack = (all: readonly string[]) => {
  const packer = new RecordPacker();
  return [...all.flatMap((line) => packer.add(line)), ...packer.seal()];
};

const textsOf = (records: readonly EventRecord[]) =>
  records.map(({ data, lines: count }) => `${count}: ${data.toString("base64")}`);

describe("packing lines into records", () => {
  it("keeps every byte of every line, in order, whole", () => {
    fc.assert(
      fc.property(lines, (all) => {
        const records = pack(all);
        expect(Buffer.concat(records.map(({ data }) => data)).equals(Buffer.from(all.join("")))).toBe(true);
        expect(linesIn(records)).toBe(all.length);
        for (const record of records) {
          expect(record.data.at(-1)).toBe(10);
          expect(record.data.toString().split("\n")).toHaveLength(record.lines + 1);
          expect(record.lines === 1 || record.data.length <= RECORD_BYTES).toBe(true);
        }
      }),
    );
  });

  it("makes the same records of a file as of its lines", () => {
    fc.assert(
      fc.property(lines, (all) => {
        expect(textsOf(recordsOf(Buffer.from(all.join(""))))).toEqual(textsOf(pack(all)));
      }),
    );
  });

  it("puts at most 500 lines into a record, and fills records with long ones", () => {
    expect(pack(Array(1_001).fill("{}\n")).map((record) => record.lines)).toEqual([500, 500, 1]);
    const records = pack(Array(1_000).fill(`${"x".repeat(999)}\n`));
    expect(records.slice(0, -1).every(({ data }) => data.length > RECORD_BYTES - 1_000)).toBe(true);
  });

  it("refuses what no record can hold, and goes on", () => {
    const packer = new RecordPacker();
    packer.add("first\n");
    expect(() => packer.add("x".repeat(1_024_000))).toThrow(RangeError);
    packer.add("last");
    expect(packer.seal()).toEqual([{ data: Buffer.from("first\nlast\n"), lines: 2 }]);
  });

  it("takes lone surrogates for what they are in UTF-8: a replacement character", () => {
    expect(pack(["\ud800\n"])).toEqual([{ data: Buffer.from("\ufffd\n"), lines: 1 }]);
  });

  it("makes batches within both limits", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1_024_000 }), { minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(sizes, (all) => {
        const records = all.map((length) => ({ data: { length } as Buffer, lines: 1 }));
        const count = batchLength(records);
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(500);
        expect(bytesIn(records.slice(0, count))).toBeLessThanOrEqual(MAX_BATCH_BYTES);
        const more = bytesIn(records.slice(0, count + 1));
        expect(count === records.length || count === 500 || more > MAX_BATCH_BYTES).toBe(true);
      }),
    );
  });
});
