import type { JsonValue } from "@promptops/core/domain";
import { MAX_ID_LENGTH } from "@promptops/core/domain";
import {
  ConflictError,
  eventKey,
  type Item,
  itemSize,
  type Key,
  type Ledger,
  MAX_INSERT,
  MAX_ITEM_BYTES,
  versionKey,
} from "@promptops/core/ledger";
import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { items, storableJson } from "./arbitraries.ts";
import type { NewLedger } from "./describe-ledgers.ts";

const LONGEST_ID = `${"a".repeat(MAX_ID_LENGTH - 2)}.b`;

/** The events 1 to `count` of a stream, as bare as items can be. */
function stream(pk: string, count: number, attributes: Record<string, JsonValue> = {}): readonly Item[] {
  return Array.from({ length: count }, (_, at) => ({ ...attributes, ...eventKey(pk, at + 1) }));
}

function keysOf(found: readonly Key[]): readonly string[] {
  return found.map(({ pk, sk }) => `${pk} ${sk}`);
}

async function insertAll(ledger: Ledger, all: readonly Item[], perInsert: number): Promise<void> {
  for (let at = 0; at < all.length; at += perInsert) await ledger.insert(all.slice(at, at + perInsert));
}

function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** What every ledger does, whatever it is kept in. */
export function ledgerContract(newLedger: NewLedger): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
  });

  const read = async (pk: string, options?: { newestFirst?: boolean; limit?: number }) =>
    keysOf(await Array.fromAsync(ledger.query(pk, options)));

  it.each([1, 7, MAX_INSERT])("inserts %i items together", async (count) => {
    const inserted = stream("a.b", count, { note: "n" });
    await ledger.insert(inserted);
    expect(await Array.fromAsync(ledger.query("a.b"))).toEqual(inserted);
  });

  it("takes no more than a transaction holds", async () => {
    await expect(ledger.insert(stream("a.b", MAX_INSERT + 1))).rejects.toThrow(RangeError);
    expect(await read("a.b")).toEqual([]);
  });

  it("refuses a key that exists, and leaves what stands there", async () => {
    const key = eventKey("a.b", 1);
    await ledger.insert([{ ...key, note: "first" }]);
    const error = await failure(ledger.insert([{ ...key, note: "second" }]));
    expect(error).toBeInstanceOf(ConflictError);
    expect((error as ConflictError).keys).toEqual([key]);
    expect(await ledger.get([key])).toEqual([{ ...key, note: "first" }]);
  });

  it("inserts nothing of a transaction in which some keys exist, and names them", async () => {
    const all = stream("a.b", 5);
    const taken = all.filter((_, at) => at === 1 || at === 3);
    await ledger.insert(taken);
    const error = await failure(ledger.insert(all));
    expect(error).toBeInstanceOf(ConflictError);
    const named = keysOf((error as ConflictError).keys);
    expect(named).toEqual(keysOf(taken).slice(0, named.length));
    expect(named).not.toEqual([]);
    expect(keysOf(await ledger.get(all))).toHaveLength(2);
    expect(await read("a.b")).toEqual(keysOf(taken));
  });

  it("refuses two items of one key in one insert", async () => {
    const twice = [
      { ...eventKey("a.b", 1), note: "one" },
      { ...eventKey("a.b", 1), note: "two" },
    ];
    expect(await failure(ledger.insert(twice))).toBeInstanceOf(Error);
    expect(await read("a.b")).toEqual([]);
  });

  it.each([1, 2])("lets one of 50 writers win who insert %i items each", async (count) => {
    const attempt = (writer: number) => ledger.insert(stream("a.b", count, { writer }));
    const errors = await Promise.all(Array.from({ length: 50 }, (_, writer) => failure(attempt(writer))));
    expect(errors.filter((error) => error === undefined)).toHaveLength(1);
    expect(errors.filter((error) => error instanceof ConflictError)).toHaveLength(49);
    const stored = await Array.fromAsync(ledger.query("a.b"));
    expect(stored).toEqual(stream("a.b", count, { writer: errors.indexOf(undefined) }));
  });

  it("shows an insert to every read that follows it", async () => {
    for (const item of stream("a.b", 20)) {
      await ledger.insert([item]);
      expect(await ledger.get([item])).toEqual([item]);
      expect(await read("a.b", { newestFirst: true, limit: 1 })).toEqual(keysOf([item]));
    }
  });

  it("queries one partition in order, from either end, up to a limit", async () => {
    const all = keysOf(stream("a.b", 12));
    await insertAll(ledger, stream("a.b", 12).toReversed(), 5);
    await ledger.insert([...stream("a.bc", 1), ...stream("a.b#1", 1)]);
    expect(await read("a.b")).toEqual(all);
    expect(await read("a.b", { newestFirst: true })).toEqual(all.toReversed());
    expect(await read("a.b", { limit: 5 })).toEqual(all.slice(0, 5));
    expect(await read("a.b", { newestFirst: true, limit: 5 })).toEqual(all.toReversed().slice(0, 5));
    expect(await read("a.b", { limit: 50 })).toEqual(all);
    expect(await read("nobody.here")).toEqual([]);
  });

  it("reads a partition of several megabytes whole", async () => {
    const all = stream("a.b", 40, { text: "x".repeat(80_000) });
    await insertAll(ledger, all, 10);
    expect(await read("a.b")).toEqual(keysOf(all));
    expect(await read("a.b", { newestFirst: true, limit: 30 })).toEqual(
      keysOf(all.toReversed().slice(0, 30)),
    );
    expect(keysOf(await Array.fromAsync(ledger.keys())).toSorted()).toEqual(keysOf(all));
  });

  it("gets any number of items, without those that do not exist", async () => {
    const all = stream("a.b", 250);
    await insertAll(ledger, all, MAX_INSERT);
    const found = await ledger.get([...all, ...stream("nobody.here", 30)]);
    expect(keysOf(found).toSorted()).toEqual(keysOf(all));
    expect(await ledger.get([])).toEqual([]);
    expect(await ledger.get([eventKey("nobody.here", 1)])).toEqual([]);
  });

  it("gets more than fits into one answer", async () => {
    const all = stream("a.b", 60, { text: "x".repeat(300_000) });
    await insertAll(ledger, all, 10);
    const found = await ledger.get(all);
    expect(keysOf(found).toSorted()).toEqual(keysOf(all));
    expect(found.every(({ text }) => (text as string).length === 300_000)).toBe(true);
  });

  it("takes an id of the greatest length, in keys and in indexes", async () => {
    const ref = { id: LONGEST_ID, version: 999_999_999 };
    const parent = `${ref.id}#${ref.version}`;
    const child = { ...versionKey({ id: LONGEST_ID, version: 1 }), parent };
    await ledger.insert([{ ...versionKey(ref) }, { ...eventKey(LONGEST_ID, 9_999_999_999) }, child]);
    expect(await ledger.get([versionKey(ref)])).toEqual([versionKey(ref)]);
    expect(await read(LONGEST_ID)).toEqual([`${LONGEST_ID} 9999999999`]);
    expect(keysOf(await Array.fromAsync(ledger.index("children", parent)))).toEqual(keysOf([child]));
  });

  it("gives back every value as it was", async () => {
    let seq = 0;
    await fc.assert(
      fc.asyncProperty(items({ pk: "a.b", sk: "" }), items({ pk: "a.b", sk: "" }), async (one, other) => {
        seq += 2;
        const pair = [
          { ...one, ...eventKey("a.b", seq - 1) },
          { ...other, ...eventKey("a.b", seq) },
        ];
        await ledger.insert(pair);
        const found = await ledger.get(pair);
        expect(found.toSorted((a, b) => (a.sk < b.sk ? -1 : 1))).toEqual(pair);
      }),
      { numRuns: 60 },
    );
  });

  it("gives back a single item as it was, whichever way it is read", async () => {
    let seq = 0;
    await fc.assert(
      fc.asyncProperty(storableJson(), async (value) => {
        seq += 1;
        const item = { ...eventKey("a.b", seq), value };
        await ledger.insert([item]);
        expect(await ledger.get([item])).toEqual([item]);
        expect(await Array.fromAsync(ledger.query("a.b", { newestFirst: true, limit: 1 }))).toEqual([item]);
      }),
      { numRuns: 60 },
    );
  });

  it("nests as deep as DynamoDB allows", async () => {
    let value: JsonValue = "core";
    for (let level = 0; level < 15; level += 1) value = { list: [value] };
    const item = { ...eventKey("a.b", 1), value };
    await ledger.insert([item]);
    expect(await ledger.get([item])).toEqual([item]);
  });

  it("reads indexes in their order, and finds in them only what has their attribute", async () => {
    const event = (pk: string, seq: number, at: string) => ({
      ...eventKey(pk, seq),
      month: at.slice(0, 7),
      at,
    });
    const version = (id: string, number: number) => versionKey({ id, version: number });
    await ledger.insert([
      { ...event("c.x", 1, "2026-03-02T00:00:00.000Z"), catalog: "prompt" },
      event("c.x", 2, "2026-03-09T00:00:00.000Z"),
      { ...version("c.x", 1), commit: "cafe" },
      { ...version("c.x", 2), commit: "cafe", parent: "c.x#1" },
      { ...event("a.x", 1, "2026-03-05T00:00:00.000Z"), catalog: "prompt" },
      { ...version("a.x", 1), commit: "cafe", parent: "c.x#1" },
      { ...event("b.x", 1, "2026-04-01T00:00:00.000Z"), catalog: "prompt" },
      { ...version("b.x", 1), parent: "a.x#1" },
    ]);
    const index = async (...of: Parameters<Ledger["index"]>) =>
      keysOf(await Array.fromAsync(ledger.index(...of)));
    expect(await index("catalog", "prompt")).toEqual(["a.x 0000000001", "b.x 0000000001", "c.x 0000000001"]);
    expect(await index("children", "c.x#1")).toEqual(["a.x#1 version", "c.x#2 version"]);
    expect(await index("children", "b.x#1")).toEqual([]);
    expect(await index("commit", "cafe")).toEqual(["a.x#1 version", "c.x#1 version", "c.x#2 version"]);
    expect(await index("audit", "2026-03")).toEqual(["c.x 0000000002", "a.x 0000000001", "c.x 0000000001"]);
    expect(await index("audit", "2026-05")).toEqual([]);
  });

  it("lists all keys, each once and without the rest of the item", async () => {
    const all: readonly Item[] = [
      ...stream("a.b", 30, { note: "n" }),
      ...stream("c.d", 30),
      { ...versionKey({ id: "a.b", version: 1 }) },
    ];
    await insertAll(ledger, all, MAX_INSERT);
    const listed = await Array.fromAsync(ledger.keys());
    expect(listed.every((key) => Object.keys(key).length === 2)).toBe(true);
    expect(keysOf(listed).toSorted()).toEqual(keysOf(all).toSorted());
  });

  it.each([
    ["letters of one byte", "x"],
    ["letters of three bytes", "字"],
  ])("takes an item of 400 KB, and refuses one byte more: %s", async (_, letter) => {
    const filled = (sk: string, bytes: number) => {
      const item = { ...eventKey("a.b", Number(sk)), text: "" };
      const room = bytes - itemSize(item);
      const letters = Math.floor(room / Buffer.byteLength(letter));
      return {
        ...item,
        text: letter.repeat(letters) + ".".repeat(room - letters * Buffer.byteLength(letter)),
      };
    };
    const [fits, over] = [filled("1", MAX_ITEM_BYTES), filled("2", MAX_ITEM_BYTES + 1)];
    await ledger.insert([fits]);
    expect(await ledger.get([fits])).toEqual([fits]);
    await expect(ledger.insert([over])).rejects.toMatchObject({ code: "item-too-large", blame: "user" });
    await expect(ledger.insert([{ ...eventKey("a.b", 3) }, over])).rejects.toMatchObject({
      code: "item-too-large",
    });
    expect(await read("a.b")).toEqual(keysOf([fits]));
  });
}
