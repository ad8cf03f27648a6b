import { appendVersion, candidate, commitOf, versions } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryLedger } from "../memory/memory-ledger.ts";
import {
  readChildren,
  readCommit,
  readEvents,
  readHead,
  readIds,
  readMonth,
  readVersion,
  readVersions,
} from "./read.ts";

describe("reading a ledger", () => {
  let ledger: MemoryLedger;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-31T23:00:00.000Z") });
    ledger = new MemoryLedger();
    for (const one of [...versions("b.main", 3), candidate({ id: "a.fork", parent: "b.main#2" })]) {
      await appendVersion(ledger, one);
      vi.setSystemTime(Date.now() + 20 * 60_000);
    }
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("finds heads and events, newest first", async () => {
    expect(await readHead(ledger, "b.main")).toMatchObject({ seq: 3, state: { latest: { version: 3 } } });
    expect(await readHead(ledger, "nobody.here")).toBeUndefined();
    const events = await Array.fromAsync(readEvents(ledger, "b.main"));
    expect(events.map(({ seq }) => seq)).toEqual([3, 2, 1]);
  });

  it("finds versions, and leaves out those that are not there", async () => {
    expect(await readVersion(ledger, { id: "b.main", version: 2 })).toMatchObject({
      seq: 2,
      parent: "b.main#1",
    });
    expect(await readVersion(ledger, { id: "b.main", version: 4 })).toBeUndefined();
    const refs = [1, 9, 3].map((version) => ({ id: "b.main", version }));
    const found = await readVersions(ledger, refs);
    expect(found.map(({ version }) => version).toSorted()).toEqual([1, 3]);
  });

  it("finds ids, children and what a commit published", async () => {
    expect(await Array.fromAsync(readIds(ledger))).toEqual(["a.fork", "b.main"]);
    expect(await Array.fromAsync(readChildren(ledger, "b.main#2"))).toEqual([
      { id: "a.fork", version: 1 },
      { id: "b.main", version: 3 },
    ]);
    expect(await Array.fromAsync(readCommit(ledger, commitOf("b.main", 2)))).toEqual([
      { id: "b.main", version: 2 },
    ]);
  });

  it("reads the events of a month, newest first, however many", async () => {
    const names = async (month: string) =>
      (await Array.fromAsync(readMonth(ledger, month))).map(({ id, seq }) => `${id} ${seq}`);
    expect(await names("2026-03")).toEqual(["b.main 3", "b.main 2", "b.main 1"]);
    expect(await names("2026-04")).toEqual(["a.fork 1"]);
    for (const one of versions("c.long", 230)) {
      await appendVersion(ledger, one);
      vi.setSystemTime(Date.now() + 1000);
    }
    const april = await names("2026-04");
    expect(april).toHaveLength(231);
    expect(april.slice(0, 2)).toEqual(["c.long 230", "c.long 229"]);
    expect(april.at(-1)).toBe("a.fork 1");
  });
});
