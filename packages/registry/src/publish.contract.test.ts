import {
  type Candidate,
  contentHash,
  MAX_ID_LENGTH,
  openRecord,
  type PromptDefinition,
  recordHash,
  recordOf,
} from "@promptops/core/domain";
import {
  itemSize,
  type Ledger,
  readChildren,
  readEvents,
  readHead,
  readVersion,
  readVersions,
  versionToItem,
} from "@promptops/core/ledger";
import {
  candidate,
  commitOf,
  definitions,
  describeLedgers,
  intent,
  meetBeforeInsert,
  version,
  versions,
} from "@promptops/testing";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { backfill, lineageOf, pin, sync, verify } from "./index.ts";

const ID = "support.classifier";

describeLedgers((newLedger) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
  });

  const publish = (...candidates: readonly Candidate[]) => sync(ledger, candidates, intent);
  const stepOf = async (offered: Candidate) => {
    const { steps, events } = await publish(offered);
    return { step: steps[0], events };
  };
  const eventsOf = (id: string) => Array.fromAsync(readEvents(ledger, id));
  const expectSound = async () => expect((await verify(ledger)).misfits).toEqual([]);

  describe("publishing", () => {
    it("appends one event and one version, which speak of each other", async () => {
      const offered = candidate({ id: ID });
      const { step, events } = await stepOf(offered);
      expect(step).toMatchObject({ action: "publish", id: ID, version: 1, notes: [] });
      const [event] = events;
      const record = await readVersion(ledger, offered.definition);
      expect(await eventsOf(ID)).toEqual(events);
      expect(event).toMatchObject({
        id: ID,
        seq: 1,
        type: "PromptPublished",
        actor: intent.actor,
        reason: intent.reason,
        prevHash: null,
        data: {
          version: 1,
          contentHash: contentHash(offered.definition),
          itemHash: record && recordHash(record),
          owner: "support-team",
          parent: null,
          commit: commitOf(ID, 1),
        },
        state: { latest: { version: 1 }, pins: {}, retired: false },
      });
      expect(record).toMatchObject({ seq: 1, at: event?.at, source: offered.source });
      expect(record && openRecord(record)).toEqual(offered.definition);
      await expectSound();
    });

    it("appends nothing for what is published already, wherever it comes from now", async () => {
      await publish(candidate({ id: ID }));
      const again = candidate({ id: ID }, { commit: "f".repeat(40), branch: "other" });
      const { step, events } = await stepOf(again);
      expect(step).toMatchObject({ action: "unchanged", latest: 1, notes: [] });
      expect(events).toEqual([]);
      expect(await eventsOf(ID)).toHaveLength(1);
    });

    it.each<[string, Partial<PromptDefinition>]>([
      ["template", { template: "Something else: {{message}}" }],
      ["owner", { owner: "another-team" }],
      ["order of tags", { tags: ["b", "a"] }],
      ["variable", { variables: { message: { type: "string", required: false } } }],
    ])("refuses a published version with another %s", async (_, change) => {
      const first = candidate({ id: ID, tags: ["a", "b"] });
      const other = candidate({ id: ID, tags: ["a", "b"], ...change }, { commit: "e".repeat(40) });
      await publish(first);
      const { step, events } = await stepOf(other);
      const hashes = [contentHash(first.definition), contentHash(other.definition)];
      const commits = [commitOf(ID, 1), "e".repeat(40)];
      expect(events).toEqual([]);
      expect(step).toMatchObject({ action: "refused", refusal: { code: "version-taken" } });
      for (const name of [...hashes, ...commits]) expect(step?.refusal?.message).toContain(name.slice(0, 12));
      const { refused } = await backfill(ledger, [other], intent);
      expect(refused).toMatchObject([
        {
          ref: `${ID}#1`,
          error: {
            code: "version-taken",
            facts: {
              published: hashes[0],
              offered: hashes[1],
              publishedCommit: commits[0],
              offeredCommit: commits[1],
            },
          },
        },
      ]);
      expect(await eventsOf(ID)).toHaveLength(1);
    });

    it("refuses a version below the latest that was never published", async () => {
      await backfill(ledger, versions(ID, 2), intent);
      await publish(candidate({ id: ID, version: 5, parent: `${ID}#2` }));
      const { step } = await stepOf(candidate({ id: ID, version: 4 }));
      expect(step).toMatchObject({ action: "refused", latest: 5, refusal: { code: "behind-latest" } });
    });

    it("takes an id of the greatest length, and refs to it", async () => {
      const id = `${"a".repeat(MAX_ID_LENGTH - 2)}.b`;
      const number = 999_999_999;
      await publish(candidate({ id, version: number }), candidate({ id: "c.d", parent: `${id}#${number}` }));
      await pin(ledger, { id, version: number }, intent);
      const family = await lineageOf(ledger, { id: "c.d", version: 1 });
      expect(family).toMatchObject({ ref: `${id}#${number}`, children: [{ ref: "c.d#1" }] });
      await expectSound();
    });

    it("keeps any definition as it is", async () => {
      const distinct = fc.uniqueArray(definitions(), { maxLength: 12, selector: ({ id }) => id });
      await fc.assert(
        fc.asyncProperty(distinct, async (offered) => {
          const fresh = await newLedger();
          await sync(
            fresh,
            offered.map((definition) => ({ definition, source: {} })),
            intent,
          );
          const records = await readVersions(fresh, offered);
          const byId = (a: PromptDefinition, b: PromptDefinition) => (a.id < b.id ? -1 : 1);
          expect(records.map(openRecord).toSorted(byId)).toEqual(offered.toSorted(byId));
          expect((await verify(fresh)).misfits).toEqual([]);
        }),
        { numRuns: 15 },
      );
    });
  });

  describe("parents", () => {
    it("accepts an unknown parent of a first version, with a note", async () => {
      const { step, events } = await stepOf(candidate({ id: ID, version: 2, parent: `${ID}#1` }));
      expect(step?.notes).toEqual([expect.stringContaining(`${ID}#1 is not published`)]);
      expect(events).toHaveLength(1);
      await expectSound();
    });

    it("refuses an unknown parent later", async () => {
      await publish(candidate({ id: ID }));
      const { step, events } = await stepOf(candidate({ id: ID, version: 2, parent: "nobody.here#1" }));
      expect(step).toMatchObject({ action: "refused", refusal: { code: "unknown-parent" } });
      expect(events).toEqual([]);
    });

    it.each([
      ["the version before", `${ID}#2`],
      ["an older one", `${ID}#1`],
      ["another prompt's", "base.prompt#1"],
    ])("accepts %s without a note", async (_, parent) => {
      await backfill(ledger, [candidate({ id: "base.prompt" }), ...versions(ID, 2)], intent);
      const { step } = await stepOf(candidate({ id: ID, version: 3, parent }));
      expect(step).toMatchObject({ action: "publish", notes: [] });
      expect((await eventsOf(ID))[0]?.data.parent).toBe(parent);
      const children = await Array.fromAsync(readChildren(ledger, parent));
      expect(children).toContainEqual({ id: ID, version: 3 });
    });

    it("accepts a parent that the same run publishes, and publishes it first", async () => {
      await publish(candidate({ id: "a.fork" }));
      const fork = candidate({ id: "a.fork", version: 2, parent: "z.base#1" });
      const { steps, events } = await publish(fork, candidate({ id: "z.base" }));
      expect(steps.map(({ id, action, notes }) => ({ id, action, notes }))).toEqual([
        { id: "z.base", action: "publish", notes: [] },
        { id: "a.fork", action: "publish", notes: [] },
      ]);
      expect(events).toHaveLength(2);
      await expectSound();
    });
  });

  describe("size", () => {
    /** A candidate whose version item takes `bytes`, going by `itemSize`, or up to two fewer. */
    const sized = (bytes: number, letter: string): Candidate => {
      const sizeOf = (made: Candidate) =>
        itemSize(versionToItem(recordOf(made, 1, new Date(0).toISOString())));
      const room = bytes - sizeOf(candidate({ id: ID, template: "" }));
      return candidate({ id: ID, template: letter.repeat(Math.floor(room / Buffer.byteLength(letter))) });
    };

    it.each(["x", "字"])("takes as much as the ledger does of %s and gives it back", async (letter) => {
      const large = sized(ledger.maxItemBytes, letter);
      const { events } = await publish(large);
      expect(events).toHaveLength(1);
      const record = await readVersion(ledger, large.definition);
      expect(record && openRecord(record)).toEqual(large.definition);
      await expectSound();
    });

    it.each(["x", "字"])("refuses more of %s, and says how much it is", async (letter) => {
      const { step, events } = await stepOf(sized(ledger.maxItemBytes + 3, letter));
      expect(step).toMatchObject({ action: "refused", refusal: { code: "item-too-large" } });
      const figures = step?.refusal?.message
        .match(/\d[\d,]+/g)
        ?.map((text) => Number(text.replaceAll(",", "")));
      expect(figures?.[1]).toBe(ledger.maxItemBytes);
      expect((figures?.[0] ?? 0) - ledger.maxItemBytes).toBeOneOf([1, 2, 3]);
      expect(events).toEqual([]);
      expect(await readHead(ledger, ID)).toBeUndefined();
    });
  });

  describe("races", () => {
    it("lets the writer who was second to one number append after the first", async () => {
      await publish(candidate({ id: ID }));
      const racing = meetBeforeInsert(ledger, 2);
      await Promise.all([
        sync(racing, [version(ID, 2)], intent),
        pin(racing, { id: ID, version: 1 }, intent, { channel: "canary" }),
      ]);
      const events = await eventsOf(ID);
      expect(events.map(({ seq }) => seq)).toEqual([3, 2, 1]);
      expect(events.map(({ type }) => type).toSorted()).toEqual([
        "PromptPinned",
        "PromptPublished",
        "PromptPublished",
      ]);
      expect(events[0]?.state).toMatchObject({ latest: { version: 2 }, pins: { canary: {} } });
      await expectSound();
    });

    it("refuses the second of two writers who publish one version with different content", async () => {
      await publish(candidate({ id: ID }));
      const racing = meetBeforeInsert(ledger, 2);
      const outcomes = await Promise.allSettled(
        ["one", "other"].map((template) =>
          sync(racing, [candidate({ id: ID, version: 2, parent: `${ID}#1`, template })], intent),
        ),
      );
      const refusals = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(refusals).toMatchObject([{ reason: { code: "version-taken" } }]);
      expect(await eventsOf(ID)).toHaveLength(2);
      await expectSound();
    });

    it("appends once when two writers publish the same", async () => {
      const racing = meetBeforeInsert(ledger, 2);
      const results = await Promise.all([1, 2].map(() => sync(racing, [candidate({ id: ID })], intent)));
      expect(results.flatMap(({ events }) => events)).toHaveLength(1);
      expect(await eventsOf(ID)).toHaveLength(1);
    });

    it("appends what all of 12 writers want", async () => {
      await publish(candidate({ id: ID }));
      const racing = meetBeforeInsert(ledger, 12);
      const channels = Array.from({ length: 12 }, (_, writer) => `channel-${writer}`);
      await Promise.all(channels.map((channel) => pin(racing, { id: ID, version: 1 }, intent, { channel })));
      const [newest, ...older] = await eventsOf(ID);
      expect(newest?.seq).toBe(13);
      expect(older).toHaveLength(12);
      expect(Object.keys(newest?.state.pins ?? {}).toSorted()).toEqual(channels.toSorted());
      await expectSound();
    });

    it("keeps a batch whole when another writer is first with one of its prompts", async () => {
      const batch = ["a.one", "b.two", "c.three"].map((id) => candidate({ id }));
      const racing = meetBeforeInsert(ledger, 2);
      const [whole] = await Promise.all([
        sync(racing, batch, intent),
        sync(racing, [candidate({ id: "b.two" })], intent),
      ]);
      expect(whole.steps.map(({ action }) => action)).toEqual(["publish", "publish", "publish"]);
      for (const { definition } of batch) expect(await eventsOf(definition.id)).toHaveLength(1);
      await expectSound();
    });
  });

  it("refuses to go on where a version stands that no event announces", async () => {
    const record = recordOf(candidate({ id: ID }), 1, new Date(0).toISOString());
    await ledger.insert([versionToItem(record)]);
    await expect(publish(candidate({ id: ID }))).rejects.toMatchObject({
      code: "orphan-version",
      facts: { ref: `${ID}#1` },
    });
    expect(await eventsOf(ID)).toEqual([]);
  });
});
