import { withInsert } from "@promptops/testing";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ServiceError } from "../domain/errors.ts";
import { sha256 } from "../domain/hash.ts";
import { eventKey, versionKey } from "../ledger/item.ts";
import type { Item, Ledger } from "../ledger/ledger.ts";
import { MemoryBlobs } from "../memory/memory-blobs.ts";
import { MemoryLedger } from "../memory/memory-ledger.ts";
import type { BlobStore } from "./blob-store.ts";
import { readerWithBlobs, withBlobs } from "./with-blobs.ts";

const KEY = versionKey({ id: "a.b", version: 1 });
const LARGE = "x".repeat(65_537);
const DOWN = new ServiceError("unreachable", "nobody there");

function versionItem(definition: string): Item {
  return { ...KEY, definition, contentHash: sha256(definition), at: "2026-03-01T10:00:00.000Z" };
}

function event(seq: number): Item {
  return { ...eventKey("a.b", seq) };
}

let inner: MemoryLedger;
let store: MemoryBlobs;
let ledger: Ledger;
let put: string[];
beforeEach(() => {
  inner = new MemoryLedger();
  store = new MemoryBlobs();
  put = [];
  const recording = blobsWith({
    put: async (hash, text) => {
      put.push(hash);
      await store.put(hash, text);
    },
  });
  ledger = withBlobs(inner, recording);
});

/** The store with another way to put or to get. */
function blobsWith(other: Partial<BlobStore>): BlobStore {
  return { put: (hash, text) => store.put(hash, text), get: (hash) => store.get(hash), ...other };
}

const stored = async () => (await inner.get([KEY]))[0];

describe("a version item", () => {
  it.each([
    ["65,535 bytes", "x".repeat(65_535), false],
    ["65,536 bytes", "x".repeat(65_536), false],
    ["65,537 bytes", "x".repeat(65_537), true],
    ["65,536 bytes in letters of three", `${"字".repeat(21_845)}x`, false],
    ["65,537 bytes in letters of three", `${"字".repeat(21_845)}xx`, true],
    ["65,536 bytes in letters of four", "😀".repeat(16_384), false],
    ["65,537 bytes in letters of four", `${"😀".repeat(16_384)}x`, true],
  ])("of %s is as it was when read, wherever its text is kept", async (_, text, outside) => {
    const item = versionItem(text);
    await ledger.insert([item]);
    expect(await ledger.get([KEY])).toEqual([item]);
    expect(await Array.fromAsync(ledger.query(KEY.pk))).toEqual([item]);
    expect(put).toEqual(outside ? [sha256(text)] : []);
    const { definition, ...rest } = item;
    expect(await stored()).toEqual(outside ? { ...rest, blob: sha256(text) } : item);
  });

  it("of any text around the threshold is as it was when read", async () => {
    let version = 0;
    const letters = fc.constantFrom("x", "é", "字", "😀", "\u2028");
    await fc.assert(
      fc.asyncProperty(letters, fc.integer({ min: 65_500, max: 65_580 }), async (letter, bytes) => {
        version += 1;
        const count = Math.floor(bytes / Buffer.byteLength(letter));
        const text = letter.repeat(count) + "x".repeat(bytes - count * Buffer.byteLength(letter));
        const item = { ...versionItem(text), ...versionKey({ id: "a.b", version }) };
        await ledger.insert([item]);
        expect(await ledger.get([item])).toEqual([item]);
        const [raw] = await inner.get([item]);
        expect([raw?.definition === undefined, raw?.blob === undefined]).toEqual(
          bytes > 65_536 ? [true, false] : [false, true],
        );
      }),
    );
  });

  it("is filed under the hash of its text, whatever it says its hash is", async () => {
    await ledger.insert([{ ...versionItem(LARGE), contentHash: sha256("other") }]);
    expect(await stored()).toMatchObject({ blob: sha256(LARGE), contentHash: sha256("other") });
  });

  it("may be larger than an item of the ledger below, up to a limit of its own", async () => {
    const item = versionItem("x".repeat(1_000_000));
    await ledger.insert([item]);
    expect(await ledger.get([KEY])).toEqual([item]);
    const over = versionItem("x".repeat(ledger.maxItemBytes));
    const refusal = { code: "item-too-large", blame: "user" };
    await expect(ledger.insert([{ ...over, pk: "a.b#2" }])).rejects.toMatchObject(refusal);
    expect(put).toHaveLength(1);
  });

  it("is read by who only reads", async () => {
    await ledger.insert([versionItem(LARGE)]);
    expect(await readerWithBlobs(inner, store).get([KEY])).toEqual([versionItem(LARGE)]);
  });
});

describe("an insert", () => {
  it("keeps every text before it inserts any item", async () => {
    const order: string[] = [];
    const watched = withBlobs(
      withInsert(inner, async (items) => void order.push(`insert ${items.length}`)),
      blobsWith({ put: async (hash, text) => void order.push(`put ${hash === sha256(text)}`) }),
    );
    const other = { ...versionItem(`${LARGE}y`), ...versionKey({ id: "a.b", version: 2 }) };
    await watched.insert([versionItem(LARGE), event(1), other, event(2)]);
    expect(order).toEqual(["put true", "put true", "insert 4"]);
  });

  it("inserts nothing when a text cannot be kept", async () => {
    const failing = withBlobs(inner, blobsWith({ put: () => Promise.reject(DOWN) }));
    await expect(failing.insert([event(1), versionItem(LARGE)])).rejects.toBe(DOWN);
    expect(await Array.fromAsync(inner.keys())).toEqual([]);
  });

  it("that fails leaves a text that nothing names, and can be repeated", async () => {
    await inner.insert([event(1)]);
    const conflict = { code: "conflict" };
    await expect(ledger.insert([versionItem(LARGE), event(1)])).rejects.toMatchObject(conflict);
    expect(await store.get(sha256(LARGE))).toBe(LARGE);
    expect(await ledger.get([KEY])).toEqual([]);
    await ledger.insert([versionItem(LARGE), event(2)]);
    expect(await ledger.get([KEY])).toEqual([versionItem(LARGE)]);
  });

  it("leaves all but versions alone", async () => {
    const odd = { ...event(1), definition: LARGE };
    await ledger.insert([odd]);
    expect(put).toEqual([]);
    expect(await inner.get([odd])).toEqual([odd]);
  });
});

describe("a text that cannot be trusted", () => {
  const corrupt = {
    code: "corrupt-content",
    blame: "service",
    message: expect.stringContaining("a.b#1"),
    hint: expect.stringContaining("promptops verify a.b"),
  };
  const refused = async (blobs: BlobStore) => {
    const read = withBlobs(inner, blobs);
    await expect(read.get([KEY])).rejects.toMatchObject(corrupt);
    await expect(Array.fromAsync(read.query(KEY.pk))).rejects.toMatchObject(corrupt);
  };

  it("is refused when it is missing", async () => {
    await ledger.insert([versionItem(LARGE)]);
    await refused(new MemoryBlobs());
  });

  it.each(["", LARGE.slice(1), `${LARGE} `, "\uFFFD"])(
    "is refused when it is another, case %#",
    async (text) => {
      await ledger.insert([versionItem(LARGE)]);
      const changed = new MemoryBlobs();
      await changed.put(sha256(LARGE), text);
      await refused(changed);
    },
  );

  it.each([null, 1, {}, "", "../../secret", sha256(LARGE).toUpperCase()])(
    "is not looked for under %j",
    async (blob) => {
      await inner.insert([{ ...KEY, blob, contentHash: sha256(LARGE) }]);
      await refused({ put: async () => {}, get: () => Promise.reject(new Error("asked for")) });
    },
  );

  it.each<[string, Item]>([
    ["both", { ...versionItem("short"), blob: sha256("other") }],
    ["neither", { ...KEY, contentHash: sha256("short") }],
    ["an event that names one", { ...event(1), blob: sha256("other") }],
  ])("is not made up: %s", async (_, item) => {
    await inner.insert([item]);
    expect(await ledger.get([item])).toEqual([item]);
    expect(await Array.fromAsync(ledger.query(item.pk))).toEqual([item]);
  });

  it("is told from one that cannot be read now", async () => {
    await ledger.insert([versionItem(LARGE)]);
    const down = withBlobs(inner, blobsWith({ get: () => Promise.reject(DOWN) }));
    await expect(down.get([KEY])).rejects.toBe(DOWN);
  });
});

it("reads many at once, in the order of their items", async () => {
  const items = Array.from({ length: 30 }, (_, at) => ({
    ...versionItem(`${LARGE}${at}`),
    ...versionKey({ id: "a.b", version: at + 1 }),
  }));
  await ledger.insert(items);
  expect(await ledger.get(items)).toEqual(items);
});
