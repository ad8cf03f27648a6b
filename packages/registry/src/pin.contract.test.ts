import type { LedgerEvent } from "@promptops/core/domain";
import { type Ledger, readHead } from "@promptops/core/ledger";
import { candidate, describeLedgers, intent, meetBeforeInsert, version, versions } from "@promptops/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { backfill, pin, resolve, restore, retire, rollback, sync, unpin, verify } from "./index.ts";

const ID = "support.classifier";
const ref = (version: number) => ({ id: ID, version });

describeLedgers((newLedger) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
    await backfill(ledger, versions(ID, 3), intent);
  });

  const live = async () => (await resolve(ledger, ID)).versions.map(({ version }) => version);
  const head = async () => (await readHead(ledger, ID)) as LedgerEvent;
  const refusal = (code: string) => ({ code, blame: "user" });
  const expectSound = async () => expect((await verify(ledger)).misfits).toEqual([]);

  describe("pin", () => {
    it("makes a channel serve one version until it is unpinned", async () => {
      const pinned = await pin(ledger, ref(1), intent);
      expect(pinned).toMatchObject({
        seq: 4,
        type: "PromptPinned",
        data: { channel: "live", versions: [{ version: 1, weight: 1 }], rollback: false },
        state: { latest: { version: 3 }, pins: { live: { seq: 4 } } },
      });
      expect(await live()).toEqual([1]);
      await sync(ledger, [candidate({ id: ID, version: 4, parent: `${ID}#3` })], intent);
      expect(await live()).toEqual([1]);
      expect(await unpin(ledger, ID, intent)).toMatchObject({
        type: "PromptUnpinned",
        data: { channel: "live" },
        state: { latest: { version: 4 }, pins: {} },
      });
      expect(await live()).toEqual([4]);
      await expectSound();
    });

    it("moves one channel alone", async () => {
      await pin(ledger, ref(2), intent, { channel: "canary" });
      expect(await live()).toEqual([3]);
      expect((await resolve(ledger, ID, { channel: "canary" })).versions).toMatchObject([{ version: 2 }]);
    });

    it("appends nothing when the channel is pinned to that already", async () => {
      await pin(ledger, ref(2), intent);
      expect(await pin(ledger, ref(2), intent)).toBeUndefined();
      expect((await head()).seq).toBe(4);
    });

    it("appends a pin of the latest version, which holds when there is a later one", async () => {
      expect(await pin(ledger, ref(3), intent)).toMatchObject({ seq: 4 });
      await sync(ledger, [candidate({ id: ID, version: 4, parent: `${ID}#3` })], intent);
      expect(await live()).toEqual([3]);
    });

    it("appends nothing when an unpinned channel is unpinned", async () => {
      expect(await unpin(ledger, ID, intent)).toBeUndefined();
      await pin(ledger, ref(2), intent);
      expect(await unpin(ledger, ID, intent, { channel: "canary" })).toBeUndefined();
      expect((await head()).seq).toBe(4);
    });

    it.each(["constructor", "to-string", "has-own-property"])(
      "has no pins it was not given: %s",
      async (channel) => {
        expect(await unpin(ledger, ID, intent, { channel })).toBeUndefined();
        expect(await pin(ledger, ref(1), intent, { channel })).toMatchObject({ type: "PromptPinned" });
        expect((await resolve(ledger, ID, { channel })).versions).toMatchObject([{ version: 1 }]);
        await expectSound();
      },
    );

    it("refuses what is not there, what is retired, and what is no channel", async () => {
      await expect(pin(ledger, ref(9), intent)).rejects.toMatchObject(refusal("version-not-found"));
      const nobody = { id: "nobody.here", version: 1 };
      await expect(pin(ledger, nobody, intent)).rejects.toMatchObject(refusal("prompt-not-found"));
      await expect(unpin(ledger, nobody.id, intent)).rejects.toMatchObject(refusal("prompt-not-found"));
      await expect(rollback(ledger, nobody.id, intent)).rejects.toMatchObject(refusal("prompt-not-found"));
      for (const channel of ["", "Live", "a b", "-x", "__proto__", "x".repeat(33)]) {
        const work = async () => pin(ledger, ref(1), intent, { channel });
        await expect(work()).rejects.toMatchObject(refusal("malformed-channel"));
      }
      await retire(ledger, ID, intent);
      await expect(pin(ledger, ref(1), intent)).rejects.toMatchObject(refusal("prompt-retired"));
      await expect(rollback(ledger, ID, intent)).rejects.toMatchObject(refusal("prompt-retired"));
      expect((await head()).seq).toBe(4);
    });
  });

  describe("rollback", () => {
    it("pins what was served before, and goes further back each time", async () => {
      expect(await rollback(ledger, ID, intent)).toMatchObject({
        type: "PromptPinned",
        data: { channel: "live", versions: [{ version: 2 }], rollback: true },
      });
      expect(await live()).toEqual([2]);
      await rollback(ledger, ID, intent);
      expect(await live()).toEqual([1]);
      await expect(rollback(ledger, ID, intent)).rejects.toMatchObject(refusal("nothing-before"));
      expect(await live()).toEqual([1]);
      await expectSound();
    });

    it("passes over what was published while a pin held", async () => {
      await pin(ledger, ref(2), intent);
      await sync(ledger, [candidate({ id: ID, version: 4, parent: `${ID}#3` })], intent);
      await rollback(ledger, ID, intent);
      expect(await live()).toEqual([3]);
    });

    it("passes over older versions that were filled in later", async () => {
      const id = "late.history";
      await sync(ledger, [version(id, 3)], intent);
      await backfill(ledger, versions(id, 2), intent);
      await expect(rollback(ledger, id, intent)).rejects.toMatchObject(refusal("nothing-before"));
      await sync(ledger, [version(id, 4)], intent);
      await rollback(ledger, id, intent);
      expect((await resolve(ledger, id)).versions).toMatchObject([{ version: 3 }]);
    });

    it("goes back from an unpin, and never forward to what was rolled back from", async () => {
      await rollback(ledger, ID, intent);
      await unpin(ledger, ID, intent);
      expect(await live()).toEqual([3]);
      await rollback(ledger, ID, intent);
      expect(await live()).toEqual([2]);
      await rollback(ledger, ID, intent);
      expect(await live()).toEqual([1]);
    });

    it("goes back one pin at a time when versions recur", async () => {
      for (const version of [1, 2, 1]) await pin(ledger, ref(version), intent);
      const served: number[] = [];
      for (let back = 0; back < 5; back += 1) {
        await rollback(ledger, ID, intent);
        served.push(...(await live()));
      }
      expect(served).toEqual([2, 1, 3, 2, 1]);
      await expect(rollback(ledger, ID, intent)).rejects.toMatchObject(refusal("nothing-before"));
    });

    it("keeps the histories of channels apart", async () => {
      await pin(ledger, ref(1), intent, { channel: "canary" });
      await rollback(ledger, ID, intent);
      expect(await live()).toEqual([2]);
      await rollback(ledger, ID, intent, { channel: "canary" });
      expect((await resolve(ledger, ID, { channel: "canary" })).versions).toMatchObject([{ version: 3 }]);
    });
  });

  describe("compare and set", () => {
    it("goes through at the expected sequence number alone", async () => {
      const options = { expectSeq: 3 };
      await expect(pin(ledger, ref(1), intent, { expectSeq: 2 })).rejects.toMatchObject({
        code: "moved-on",
        facts: { seq: 3, expected: 2 },
      });
      await pin(ledger, ref(1), intent, options);
      await expect(pin(ledger, ref(2), intent, options)).rejects.toMatchObject(refusal("moved-on"));
      await expect(unpin(ledger, ID, intent, options)).rejects.toMatchObject(refusal("moved-on"));
      await expect(rollback(ledger, ID, intent, options)).rejects.toMatchObject(refusal("moved-on"));
      expect((await head()).seq).toBe(4);
    });

    it("lets one of two through that expect the same", async () => {
      const racing = meetBeforeInsert(ledger, 2);
      const outcomes = await Promise.allSettled(
        [1, 2].map((version) => pin(racing, ref(version), intent, { expectSeq: 3 })),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(outcomes.filter(({ status }) => status === "rejected")).toMatchObject([
        { reason: { code: "moved-on" } },
      ]);
      expect((await head()).seq).toBe(4);
    });
  });

  describe("retire and restore", () => {
    it("takes a prompt out of service and brings it back", async () => {
      expect(await retire(ledger, ID, intent)).toMatchObject({
        type: "PromptRetired",
        state: { retired: true },
      });
      expect(await live()).toEqual([]);
      expect(await retire(ledger, ID, intent)).toBeUndefined();
      expect(await restore(ledger, ID, intent)).toMatchObject({
        type: "PromptRestored",
        state: { retired: false },
      });
      expect(await live()).toEqual([3]);
      expect(await restore(ledger, ID, intent)).toBeUndefined();
      expect((await head()).seq).toBe(5);
      await expectSound();
    });

    it("refuses to retire what channels pin, unless forced, and keeps the pins", async () => {
      await pin(ledger, ref(1), intent);
      await pin(ledger, ref(2), intent, { channel: "canary" });
      await expect(retire(ledger, ID, intent)).rejects.toMatchObject({
        code: "pinned",
        facts: { id: ID, channels: ["canary", "live"] },
      });
      await retire(ledger, ID, intent, { force: true });
      await restore(ledger, ID, intent);
      expect(await live()).toEqual([1]);
    });

    it("finds no prompt that was never published", async () => {
      await expect(retire(ledger, "nobody.here", intent)).rejects.toMatchObject(refusal("prompt-not-found"));
      await expect(restore(ledger, "nobody.here", intent)).rejects.toMatchObject(refusal("prompt-not-found"));
    });
  });
});
