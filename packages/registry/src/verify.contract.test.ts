import { type Ledger, readEvents, readHead, readMonth } from "@promptops/core/ledger";
import { appendUnknown, candidate, describeLedgers, intent, versions } from "@promptops/testing";
import { beforeEach, describe, expect, it } from "vitest";
import {
  backfill,
  catalogue,
  familyOf,
  lineageOf,
  pin,
  plan,
  resolve,
  restore,
  retire,
  rollback,
  sync,
  unpin,
  verify,
} from "./index.ts";

describeLedgers((newLedger) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
  });

  it("finds nothing amiss in an empty ledger", async () => {
    expect(await verify(ledger)).toEqual({ prompts: 0, events: 0, versions: 0, misfits: [] });
  });

  it("counts what it read, of all prompts or of some", async () => {
    await backfill(ledger, [...versions("a.one", 3), ...versions("b.two", 2)], intent);
    await pin(ledger, { id: "a.one", version: 2 }, intent);
    await retire(ledger, "b.two", intent);
    const seen: string[] = [];
    const whole = await verify(ledger, undefined, (id) => seen.push(id));
    expect(whole).toEqual({ prompts: 2, events: 7, versions: 5, misfits: [] });
    expect(seen.toSorted()).toEqual(["a.one", "b.two"]);
    expect(await verify(ledger, ["b.two"])).toEqual({ prompts: 1, events: 3, versions: 2, misfits: [] });
    await expect(verify(ledger, ["nobody.here"])).rejects.toMatchObject({ code: "prompt-not-found" });
  });

  describe("a history of over 1 MB", () => {
    const ID = "long.history";
    const LENGTH = 60;

    beforeEach(async () => {
      await backfill(ledger, versions(ID, 2), intent);
      for (let at = 3; at <= LENGTH; at += 1) {
        const longIntent = { ...intent, reason: `${at}: ${"why ".repeat(6000)}` };
        await pin(ledger, { id: ID, version: 1 + (at % 2) }, longIntent);
      }
    });

    it("is read whole, from its newest event and from its oldest", async () => {
      const events = await Array.fromAsync(readEvents(ledger, ID));
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: LENGTH }, (_, at) => LENGTH - at));
      expect(await readHead(ledger, ID)).toEqual(events[0]);
      const month = events.at(-1)?.at.slice(0, 7) ?? "";
      const together = await Array.fromAsync(readMonth(ledger, month));
      expect(together.length).toBeGreaterThan(0);
      expect(await verify(ledger)).toEqual({ prompts: 1, events: LENGTH, versions: 2, misfits: [] });
    });

    it("is rolled back through to its first page", async () => {
      await unpin(ledger, ID, intent);
      for (let back = 0; back < 3; back += 1) await rollback(ledger, ID, intent);
      expect((await resolve(ledger, ID)).pinned).toBe(true);
      const first = (await Array.fromAsync(readEvents(ledger, ID))).at(-1);
      const then = await resolve(ledger, ID, { at: new Date(first?.at ?? 0) });
      // In memory, several events can come in the first one's millisecond.
      expect(then.since?.at).toBe(first?.at);
      expect((await verify(ledger, [ID])).misfits).toEqual([]);
    });
  });

  describe("events of a later release", () => {
    const ID = "a.future";

    beforeEach(async () => {
      await backfill(ledger, versions(ID, 2), intent);
      await appendUnknown(ledger, ID, "DriftDetected", { score: 0.4, labels: ["ä", null] });
      await pin(ledger, { id: ID, version: 1 }, intent);
      await appendUnknown(ledger, ID, "PromptPinned", { channels: { live: 2 } }, 2);
      await appendUnknown(ledger, ID, "constructor");
    });

    it("are read, folded past, and verified", async () => {
      const events = await Array.fromAsync(readEvents(ledger, ID));
      expect(events.map(({ type, schema }) => `${type} ${schema}`)).toEqual([
        "constructor 1",
        "PromptPinned 2",
        "PromptPinned 1",
        "DriftDetected 1",
        "PromptPublished 1",
        "PromptPublished 1",
      ]);
      expect(events[0]?.state).toEqual(events[2]?.state);
      expect(await verify(ledger)).toEqual({ prompts: 1, events: 6, versions: 2, misfits: [] });
    });

    it("do not change what is served, nor since when", async () => {
      const { versions: now, since } = await resolve(ledger, ID);
      expect(now).toMatchObject([{ version: 1 }]);
      expect(since?.seq).toBe(4);
    });

    it("are in no one's way", async () => {
      await rollback(ledger, ID, intent);
      expect((await resolve(ledger, ID)).versions).toMatchObject([{ version: 2 }]);
      await unpin(ledger, ID, intent);
      const third = candidate({ id: ID, version: 3, parent: `${ID}#2` });
      expect(await plan(ledger, [third])).toMatchObject([{ action: "publish" }]);
      expect((await sync(ledger, [third], intent)).events).toMatchObject([{ seq: 9 }]);
      await appendUnknown(ledger, ID, "DriftDetected");
      await retire(ledger, ID, intent);
      await restore(ledger, ID, intent);
      expect(await lineageOf(ledger, { id: ID, version: 3 })).toMatchObject({ ref: `${ID}#1` });
      expect(await familyOf(ledger, ID)).toMatchObject([{ ref: `${ID}#1` }]);
      expect(await catalogue(ledger)).toMatchObject([{ id: ID, seq: 12, live: 3 }]);
      expect((await verify(ledger)).misfits).toEqual([]);
    });

    it("may be the first of a stream", async () => {
      await appendUnknown(ledger, "b.odd", "PromptProposed");
      expect(await resolve(ledger, "b.odd")).toMatchObject({ versions: [], retired: false });
      expect(await catalogue(ledger)).toMatchObject([{ id: ID }]);
      expect(await plan(ledger, [], {})).toEqual([]);
      expect((await sync(ledger, [candidate({ id: "b.odd" })], intent)).events).toMatchObject([{ seq: 2 }]);
      expect((await verify(ledger)).misfits).toEqual([]);
    });
  });
});
