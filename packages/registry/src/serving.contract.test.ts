import type { Ledger } from "@promptops/core/ledger";
import { candidate, describeLedgers, intent, version, versions } from "@promptops/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { backfill, pin, resolve, restore, retire, rollback, sync, unpin } from "./index.ts";

const ID = "support.classifier";
const MARCH = "2026-03-";

/** A day of March 2026, at noon. */
const day = (number: number) => new Date(`${MARCH}${String(number).padStart(2, "0")}T12:00:00.000Z`);

describeLedgers((newLedger) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
    vi.useFakeTimers({ toFake: ["Date"], now: day(1) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const on = async (number: number, work: () => Promise<unknown>) => {
    vi.setSystemTime(day(number));
    await work();
  };
  const publish = (version: number) => () =>
    sync(
      ledger,
      [candidate({ id: ID, version, ...(version > 1 ? { parent: `${ID}#${version - 1}` } : {}) })],
      intent,
    );
  const brief = async (options?: Parameters<typeof resolve>[2]) => {
    const { versions: served, retired, pinned, since } = await resolve(ledger, ID, options);
    return { versions: served.map(({ version }) => version), retired, pinned, since: since?.seq };
  };

  it("tells what was served at any time, and by which event", async () => {
    await on(2, publish(1));
    await on(4, publish(2));
    await on(6, () => pin(ledger, { id: ID, version: 2 }, intent));
    await on(8, publish(3));
    await on(10, () => rollback(ledger, ID, intent));
    await on(12, () => unpin(ledger, ID, intent));
    await on(14, () => retire(ledger, ID, intent));
    await on(16, () => restore(ledger, ID, intent));
    const nothing = { retired: false, pinned: false };
    const table = [
      [1, { versions: [], ...nothing, since: undefined }],
      [2, { versions: [1], ...nothing, since: 1 }],
      [3, { versions: [1], ...nothing, since: 1 }],
      [5, { versions: [2], ...nothing, since: 2 }],
      [7, { versions: [2], retired: false, pinned: true, since: 2 }],
      [9, { versions: [2], retired: false, pinned: true, since: 2 }],
      [11, { versions: [1], retired: false, pinned: true, since: 5 }],
      [13, { versions: [3], ...nothing, since: 6 }],
      [15, { versions: [], retired: true, pinned: false, since: 7 }],
      [17, { versions: [3], ...nothing, since: 8 }],
    ] as const;
    for (const [at, expected] of table) expect(await brief({ at: day(at) })).toEqual(expected);
    expect(await brief()).toEqual({ versions: [3], ...nothing, since: 8 });
    const before = new Date(day(10).getTime() - 1);
    expect(await brief({ at: before })).toMatchObject({ versions: [2] });
  });

  it("follows each channel by itself", async () => {
    await on(2, publish(1));
    await on(3, () => pin(ledger, { id: ID, version: 1 }, intent, { channel: "canary" }));
    await on(4, publish(2));
    expect(await brief({ channel: "canary" })).toMatchObject({ versions: [1], pinned: true, since: 1 });
    expect(await brief()).toMatchObject({ versions: [2], pinned: false, since: 3 });
    expect(await brief({ channel: "constructor" })).toMatchObject({ versions: [2], pinned: false });
  });

  it("names the event that retired a prompt, whatever is unpinned after", async () => {
    await on(2, publish(1));
    await on(3, publish(2));
    await on(4, () => pin(ledger, { id: ID, version: 1 }, intent));
    await on(5, () => retire(ledger, ID, intent, { force: true }));
    await on(6, () => unpin(ledger, ID, intent));
    expect(await brief()).toEqual({ versions: [], retired: true, pinned: false, since: 4 });
  });

  it("is not misled by a writer whose clock is behind", async () => {
    await on(10, publish(1));
    await on(5, publish(2));
    expect(await brief({ at: day(9) })).toMatchObject({ versions: [] });
    expect(await brief({ at: day(10) })).toMatchObject({ versions: [2], since: 2 });
  });

  it("is not changed by older versions that are filled in", async () => {
    await on(2, () => sync(ledger, [version(ID, 3)], intent));
    await on(3, () => backfill(ledger, versions(ID, 2), intent));
    expect(await brief()).toEqual({ versions: [3], retired: false, pinned: false, since: 1 });
  });

  it("finds no prompt that was never published", async () => {
    const unknown = resolve(ledger, "nobody.here", { at: day(3) });
    await expect(unknown).rejects.toMatchObject({ code: "prompt-not-found" });
  });
});
