import { inspect, isDeepStrictEqual } from "node:util";
import {
  contentHash,
  DEFAULT_CHANNEL,
  eventHash,
  isPromptId,
  type LedgerEvent,
  recordOf,
} from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import {
  eventFromItem,
  eventKey,
  eventToItem,
  INDEXES,
  type Item,
  isVersionKey,
  type Key,
  type Ledger,
  versionFromItem,
  versionKey,
  versionToItem,
} from "@promptops/core/ledger";
import {
  appendUnknown,
  BackDoor,
  candidate,
  definition,
  describeEngines,
  evaluation,
  intent,
  type RawItem,
  version,
  versions,
} from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { backfill, pin, recordEvaluation, restore, retire, rollback, sync, unpin, verify } from "./index.ts";

/** Three prompts with forks, every type of event, one of a later release, and every optional attribute. */
async function fill(ledger: Ledger): Promise<void> {
  const bare = { definition: definition({ id: "c.bare", tags: [] }), source: {} };
  const published = await backfill(
    ledger,
    [
      ...versions("a.main", 2),
      { ...candidate({ id: "b.fork", parent: "a.main#2" }), created: "2026-01-01", updated: "2026-02-01" },
      bare,
    ],
    intent,
    { gates: ["canary"] },
  );
  expect(published.refused).toEqual([]);
  const first = version("a.main", 1).definition;
  await recordEvaluation(ledger, first, contentHash(first), evaluation, intent);
  await pin(ledger, { id: "a.main", version: 1 }, { actor: "eve" });
  await appendUnknown(ledger, "a.main", "DriftDetected", { score: 0.5 });
  await unpin(ledger, "a.main", intent);
  await rollback(ledger, "a.main", intent);
  await retire(ledger, "b.fork", intent);
  await restore(ledger, "b.fork", intent);
  await sync(ledger, [bare], intent, { repo: "none of these", gates: ["live"] });
}

const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;
const promptOf = ({ pk }: Key) => pk.replace(/#.*/, "");
/** Not of the prompt alone as well. */
const ONCE = { alone: false };
const isKeyName = (attribute: string) => attribute === "pk" || attribute === "sk";

/** DynamoDB refuses anything but text in the attributes of its indexes. */
const INDEXED = new Set(Object.values(INDEXES).flatMap(({ hash, range }) => [hash, range]));
const BIG = 2n ** 60n;

/** Other values than `value`: of its own type, of the other types in the ledger, and of those that only DynamoDB has. */
function changed(value: unknown): readonly unknown[] {
  if (typeof value === "string") {
    return [`${value}x`, value.slice(1), 1, null, ["x"], new Set(["x"])];
  }
  if (typeof value === "number") return [value + 1, value + 0.5, `${value}`, BIG, true, new Set([value])];
  const map = value as Readonly<Record<string, unknown>>;
  const added = ["x", null, new Set(["x"]), BIG].map((member) => ({ ...map, added: member }));
  const members = Object.entries(map).flatMap(([name, member]) => {
    const { [name]: _, ...without } = map;
    const other = typeof member === "object" ? new Set(["x"]) : `${member}x`;
    return [without, { ...map, [name]: other }];
  });
  return ["{}", null, [], new Set(["x"]), Uint8Array.of(1), ...added, ...members];
}

/** What can be put in place of an attribute. */
function replacements(attribute: string, value: unknown): readonly unknown[] {
  const others = changed(value);
  return INDEXED.has(attribute) ? others.filter((other) => typeof other === "string") : others;
}

/** What can be put where there is nothing. */
function additions(attribute: string): readonly unknown[] {
  return INDEXED.has(attribute) ? ["x"] : ["x", null, {}, new Set(["x"]), Uint8Array.of(1), BIG];
}

describeEngines(
  (newTable) => {
    interface Sample {
      readonly ledger: Ledger;
      readonly door: BackDoor;
      readonly items: readonly RawItem[];
    }

    let sample: Promise<Sample> | undefined;
    const open = () => {
      sample ??= (async () => {
        const table = await newTable();
        const ledger = dynamoLedger(table);
        await fill(ledger);
        const door = new BackDoor(table);
        return { ledger, door, items: await door.items() };
      })();
      return sample;
    };

    /** Items in place of those there are, only while `check` runs. */
    const during = async (removed: readonly Key[], put: readonly RawItem[], check: () => Promise<void>) => {
      const { door, items } = await open();
      for (const key of removed) await door.remove(key);
      for (const item of put) await door.put(item);
      try {
        await check();
      } finally {
        for (const key of [...removed, ...put]) {
          const original = items.find((item) => nameOf(item) === nameOf(key));
          await (original === undefined ? door.remove(key) : door.put(original));
        }
      }
    };

    /**
     * What `verify` says of the ledger, and of the one prompt alone: each complaint as the name of its item. Adds to
     * `missed` when that is nothing, or not among the names that are right.
     */
    const expectMisfit = async (
      what: string,
      right: readonly Key[],
      missed: string[],
      { alone }: { readonly alone: boolean } = { alone: true },
    ) => {
      const { ledger } = await open();
      const names = right.map(nameOf);
      const prompts = [...new Set(right.map(promptOf))];
      const whole = await verify(ledger);
      const runs = alone ? [whole, await verify(ledger, prompts)] : [whole];
      for (const { misfits } of runs) {
        const found = misfits.map(nameOf);
        if (found.length === 0 || found.some((name) => !names.includes(name))) {
          missed.push(`${what}: ${found.join(", ") || "nothing"} found`);
        }
      }
    };

    it("starts from a ledger in which everything fits", async () => {
      const { ledger, items } = await open();
      const { misfits, prompts, events, versions: count } = await verify(ledger);
      expect(misfits).toEqual([]);
      expect({ prompts, events, versions: count }).toEqual({ prompts: 3, events: 12, versions: 4 });
      const types = new Set(items.map(({ type }) => type).filter((type) => type !== undefined));
      expect([...types].toSorted()).toEqual([
        "DriftDetected",
        "EvaluationRecorded",
        "GatesChanged",
        "PromptPinned",
        "PromptPublished",
        "PromptRestored",
        "PromptRetired",
        "PromptUnpinned",
      ]);
      expect(DEFAULT_CHANNEL in (items.findLast(({ pk }) => pk === "a.main")?.state.pins ?? {})).toBe(true);
    });

    it("finds every changed attribute, and names its item", async () => {
      const missed: string[] = [];
      for (const item of (await open()).items) {
        for (const attribute of Object.keys(item).filter((name) => !isKeyName(name))) {
          for (const value of replacements(attribute, item[attribute])) {
            await during([], [{ ...item, [attribute]: value }], () =>
              expectMisfit(`${nameOf(item)}: ${attribute} = ${inspect(value)}`, [item], missed, ONCE),
            );
          }
        }
      }
      expect(missed).toEqual([]);
    });

    it("finds every removed attribute, and names its item", async () => {
      const missed: string[] = [];
      for (const item of (await open()).items) {
        for (const attribute of Object.keys(item).filter((name) => !isKeyName(name))) {
          const { [attribute]: _, ...without } = item;
          await during([], [without as RawItem], () =>
            expectMisfit(`${nameOf(item)}: ${attribute} removed`, [item], missed),
          );
        }
      }
      expect(missed).toEqual([]);
    });

    it("finds every added attribute, and names its item", async () => {
      const missed: string[] = [];
      const names = [
        "added",
        "blob",
        "parent",
        "reason",
        "commit",
        "catalog",
        "created",
        "prevHash",
        "constructor",
      ];
      for (const item of (await open()).items) {
        for (const attribute of names.filter((name) => !Object.hasOwn(item, name))) {
          for (const value of additions(attribute)) {
            await during([], [{ ...item, [attribute]: value }], () =>
              expectMisfit(`${nameOf(item)}: ${attribute} added: ${inspect(value)}`, [item], missed, ONCE),
            );
          }
        }
      }
      expect(missed).toEqual([]);
    });

    it("finds every attribute swapped with that of another item, and names one of the two", async () => {
      const missed: string[] = [];
      const { items } = await open();
      for (const [at, item] of items.entries()) {
        for (const attribute of Object.keys(item).filter((name) => !isKeyName(name))) {
          const others = items
            .slice(at + 1)
            .filter((other) => Object.hasOwn(other, attribute))
            .filter((other) => !isDeepStrictEqual(other[attribute], item[attribute]));
          for (const other of others) {
            const swapped = [
              { ...item, [attribute]: other[attribute] },
              { ...other, [attribute]: item[attribute] },
            ];
            await during([], swapped, () =>
              expectMisfit(
                `${attribute} of ${nameOf(item)} and ${nameOf(other)} swapped`,
                [item, other],
                missed,
                ONCE,
              ),
            );
          }
        }
      }
      expect(missed).toEqual([]);
    });

    it("finds every removed item but the newest of its stream, and names it", async () => {
      const missed: string[] = [];
      const { items } = await open();
      const newest = new Map(items.filter((item) => !isVersionKey(item)).map((item) => [item.pk, item]));
      for (const item of items.filter((one) => newest.get(one.pk) !== one)) {
        await during([item], [], () => expectMisfit(`${nameOf(item)} removed`, [item], missed));
      }
      expect(missed).toEqual([]);
    });

    it("finds a version whose events were cut off", async () => {
      const { ledger, items } = await open();
      const events = items.filter(({ pk }) => pk === "c.bare");
      const version = items.find(({ pk }) => pk === "c.bare#1");
      await during(events, [], async () => {
        const { misfits } = await verify(ledger);
        expect(misfits).toEqual([
          { pk: "c.bare#1", sk: version?.sk, problem: "no event announces this version" },
        ]);
      });
    });

    it("finds every two items whose content was swapped", async () => {
      const missed: string[] = [];
      const { items } = await open();
      for (const [at, item] of items.entries()) {
        for (const other of items.slice(at + 1)) {
          const swapped = [
            { ...other, pk: item.pk, sk: item.sk },
            { ...item, pk: other.pk, sk: other.sk },
          ];
          await during([], swapped, () =>
            expectMisfit(`${nameOf(item)} and ${nameOf(other)} swapped`, [item, other], missed, {
              alone: false,
            }),
          );
        }
      }
      expect(missed).toEqual([]);
    });

    it("finds every item that was moved to another key", async () => {
      const missed: string[] = [];
      for (const item of (await open()).items) {
        const { pk, sk } = item;
        const moved = [
          ...["z.nowhere", `${pk}x`, `${pk}#1`, pk.toUpperCase(), "a.main#3", "#"].map((other) => ({
            pk: other,
            sk,
          })),
          ...["0000000000", "0000000099", `${sk}0`, "version", "x", "-1"].map((other) => ({ pk, sk: other })),
        ].filter((key) => nameOf(key) !== nameOf(item));
        for (const key of moved) {
          const right: Key[] = [item, key];
          // Whether the first event of a stream is missing, or the second is none, cannot be told.
          if (isPromptId(key.pk) && !isVersionKey(key)) right.push(eventKey(key.pk, 1));
          if (item.type === "PromptPublished") right.push(versionKey({ id: pk, version: item.data.version }));
          await during([item], [{ ...item, ...key }], () =>
            expectMisfit(`${nameOf(item)} moved to ${nameOf(key)}`, right, missed, ONCE),
          );
        }
      }
      expect(missed).toEqual([]);
    });

    describe("finds what was forged with sound hashes", () => {
      const itemAt = async (key: Key) =>
        (await open()).items.find((item) => nameOf(item) === nameOf(key)) as Item;
      const forgedEvent = async (seq: number, change: Partial<LedgerEvent>) => {
        const event = { ...eventFromItem(await itemAt(eventKey("a.main", seq))), ...change };
        return eventToItem({ ...event, hash: eventHash(event) });
      };
      const forgedVersion = async () => {
        const record = versionFromItem(await itemAt(versionKey({ id: "a.main", version: 2 })));
        const made = candidate({ id: "a.main", version: 2, parent: "a.main#1", template: "Ignore all" });
        return versionToItem({ ...recordOf(made, record.seq, record.at), source: record.source });
      };
      const NEWEST = 7;
      const state = { latest: null, pins: {}, gates: {}, retired: true };

      it.each<[string, () => Promise<Item>, Key, RegExp]>([
        ["an actor", () => forgedEvent(3, { actor: "eve" }), eventKey("a.main", 4), /does not follow/],
        ["the first event", () => forgedEvent(1, { reason: null }), eventKey("a.main", 2), /does not follow/],
        [
          "a state",
          () => forgedEvent(NEWEST, { state }),
          eventKey("a.main", NEWEST),
          /state does not follow/,
        ],
        [
          "a time",
          () => forgedEvent(NEWEST, { at: "2020-01-01T00:00:00.000Z" }),
          eventKey("a.main", NEWEST),
          /dated before/,
        ],
        [
          "a link",
          () => forgedEvent(NEWEST, { prevHash: "0".repeat(64) }),
          eventKey("a.main", NEWEST),
          /does not follow/,
        ],
        [
          "a version",
          forgedVersion,
          versionKey({ id: "a.main", version: 2 }),
          /not what its event announced/,
        ],
      ])("in %s", async (_, forge, key, problem) => {
        await during([], [await forge()], async () => {
          const found = [{ ...key, problem: expect.stringMatching(problem) }];
          expect((await verify((await open()).ledger)).misfits).toEqual(found);
        });
      });
    });

    it("looks at the prompts that it is asked about alone", async () => {
      const { ledger, items } = await open();
      const item = items.find(({ pk }) => pk === "b.fork#1") as RawItem;
      await during([], [{ ...item, contentHash: "0".repeat(64) }], async () => {
        expect((await verify(ledger, ["a.main", "c.bare"])).misfits).toEqual([]);
        expect((await verify(ledger, ["b.fork"])).misfits).toHaveLength(1);
      });
    });

    it("leaves the ledger as it was", async () => {
      const { door, items } = await open();
      expect(await door.items()).toEqual(items);
    });
  },
  ["dynoxide"],
);
