import { candidate, definitions, drafts, intent, refs } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Source } from "../domain/definition.ts";
import { type LedgerEvent, seal } from "../domain/stream.ts";
import { recordOf } from "../domain/version.ts";
import {
  eventFromItem,
  eventKey,
  eventToItem,
  isVersionKey,
  versionFromItem,
  versionKey,
  versionToItem,
} from "./item.ts";
import type { Item } from "./ledger.ts";

const NOW = new Date("2026-03-01T12:00:00.000Z");

/** Two events that follow each other, so that all optional attributes are there and are not. */
const events = fc
  .tuple(drafts(), drafts(), fc.option(fc.string(), { nil: undefined }))
  .map(([one, other, reason]): readonly LedgerEvent[] => {
    const act = { actor: intent.actor, now: NOW, eventId: "e" };
    const first = seal("a.b", undefined, one, act);
    return [first, seal("a.b", first, other, reason === undefined ? act : { ...act, reason })];
  });

const dates = fc.record(
  { created: fc.constant("2026-01-01"), updated: fc.constant("2026-02-01") },
  { requiredKeys: [] },
);
const records = fc
  .tuple(definitions(), dates, fc.boolean())
  .map(([definition, authored, committed]) =>
    recordOf({ definition, ...authored, source: committed ? candidate().source : {} }, 1, NOW.toISOString()),
  );

describe("an event as an item", () => {
  it("comes back as it was, and is written the same again", () => {
    fc.assert(
      fc.property(events, (stream) => {
        for (const event of stream) {
          const item = eventToItem(event);
          expect(eventFromItem(item)).toEqual(event);
          expect(eventToItem(eventFromItem(item))).toEqual(item);
        }
      }),
    );
  });

  it("is in the catalog when it is a first event, and in its month", () => {
    fc.assert(
      fc.property(events, (stream) => {
        const [first, second] = stream.map(eventToItem);
        expect(first).toMatchObject({ pk: "a.b", sk: "0000000001", catalog: "prompt", month: "2026-03" });
        expect(first).not.toHaveProperty("prevHash");
        expect(second).toMatchObject({ pk: "a.b", sk: "0000000002", month: "2026-03" });
        expect(second).not.toHaveProperty("catalog");
      }),
      { numRuns: 10 },
    );
  });
});

describe("a version as an item", () => {
  it("comes back as it was, and is written the same again", () => {
    fc.assert(
      fc.property(records, (record) => {
        const item = versionToItem(record);
        expect(versionFromItem(item)).toEqual(record);
        expect(versionToItem(versionFromItem(item))).toEqual(item);
      }),
    );
  });

  it("is in the indexes of its parent and its commit, where it has them", () => {
    const made = candidate({ version: 2, parent: "base.prompt#7" });
    const item = versionToItem(recordOf(made, 1, NOW.toISOString()));
    expect(item).toMatchObject({ parent: "base.prompt#7", commit: made.source.commit });
    const bare = versionToItem(recordOf({ ...candidate(), source: {} as Source }, 1, NOW.toISOString()));
    expect(bare).not.toHaveProperty("parent");
    expect(bare).not.toHaveProperty("commit");
  });
});

describe("keys", () => {
  it("put events in order, and tell versions from them", () => {
    const seqs = fc.tuple(fc.nat(), fc.nat());
    fc.assert(
      fc.property(refs(), seqs, (ref, [a, b]) => {
        expect(eventKey(ref.id, a).sk < eventKey(ref.id, b).sk).toBe(a < b);
        expect(isVersionKey(eventKey(ref.id, a))).toBe(false);
        expect(isVersionKey(versionKey(ref))).toBe(true);
      }),
    );
  });
});

describe("an item that was changed", () => {
  const event = eventToItem(
    seal(
      "a.b",
      undefined,
      { type: "PromptRetired", data: { forced: false } },
      { ...intent, now: NOW, eventId: "e" },
    ),
  );
  const version = versionToItem(recordOf(candidate({ parent: "base.prompt#1" }), 1, NOW.toISOString()));
  const cases = [
    ...["eventId", "type", "schema", "at", "actor", "data", "state", "hash"].map(
      (name) => [name, event, eventFromItem] as const,
    ),
    ...["definition", "contentHash", "source", "at", "seq"].map(
      (name) => [name, version, versionFromItem] as const,
    ),
  ];

  it.each(cases)("is not read without %s, or with another type of it", (name, item, read) => {
    const corrupt = expect.objectContaining({
      code: "corrupt-item",
      blame: "service",
      message: expect.stringContaining(`${item.pk} ${item.sk}`),
      facts: { pk: item.pk, sk: item.sk, attribute: name },
    });
    const { [name]: value, ...without } = item;
    const foreign = [
      null,
      true,
      [value],
      new Set(["a"]),
      new Uint8Array([1]),
      { a: new Set([1]) },
      { a: 1n },
    ];
    const other = typeof value === "string" ? [1, {}] : typeof value === "number" ? ["1", {}, 1n] : ["{}", 1];
    expect(() => read(without as Item)).toThrow(corrupt);
    for (const wrong of [...foreign, ...other]) {
      expect(() => read({ ...item, [name]: wrong } as Item)).toThrow(corrupt);
    }
  });

  it.each([
    ["reason", event, eventFromItem],
    ["prevHash", event, eventFromItem],
    ["parent", version, versionFromItem],
  ] as const)("is not read with another type of %s", (name, item, read) => {
    for (const wrong of [null, 1, {}]) {
      expect(() => read({ ...item, [name]: wrong })).toThrow(
        expect.objectContaining({ code: "corrupt-item" }),
      );
    }
  });
});

it("says what is not set when a definition is kept outside of the table", () => {
  const { definition: _, ...rest } = versionToItem(recordOf(candidate(), 1, NOW.toISOString()));
  expect(() => versionFromItem({ ...rest, blob: "0".repeat(64) } as Item)).toThrow(
    expect.objectContaining({
      code: "no-blobs-named",
      blame: "service",
      message: expect.stringContaining("PROMPTOPS_BLOBS"),
    }),
  );
});
