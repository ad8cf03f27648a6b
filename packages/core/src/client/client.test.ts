import {
  appendDraft,
  appendVersion,
  CountingLedger,
  candidate,
  version,
  versions,
  withInsert,
} from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { contentHash } from "../domain/hash.ts";
import type { Draft } from "../domain/stream.ts";
import { recordOf } from "../domain/version.ts";
import { versionToItem } from "../ledger/item.ts";
import type { Item, Ledger } from "../ledger/ledger.ts";
import { MemoryLedger } from "../memory/memory-ledger.ts";
import { createPromptClient, type PromptClient } from "./client.ts";

const ID = "support.classifier";
const TTL = 10_000;
const START = new Date("2026-03-01T12:00:00.000Z");

function pinTo(...shares: readonly (readonly [number, number])[]): Draft {
  const marks = shares.map(([number, weight]) => {
    const { definition } = version(ID, number);
    return { version: number, contentHash: contentHash(definition), weight };
  });
  return { type: "PromptPinned", data: { channel: "live", versions: marks, rollback: false, forced: false } };
}

/** `ledger` with other items than those that are asked for. */
function answering(ledger: Ledger, change: (item: Item) => Item): Ledger {
  const same = withInsert(ledger, (items) => ledger.insert(items));
  return { ...same, get: async (keys) => (await ledger.get(keys)).map(change) };
}

describe("the client", () => {
  let ledger: MemoryLedger;
  let counting: CountingLedger;
  let client: PromptClient;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    ledger = new MemoryLedger();
    for (const one of versions(ID, 3)) await appendVersion(ledger, one);
    counting = new CountingLedger(ledger);
    client = createPromptClient({ ledger: counting, ttlMs: TTL });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
  const calls = (work: () => Promise<unknown>) => counting.callsDuring(work);

  describe("what it gives", () => {
    it("is the definition that a channel serves, with where it came from", async () => {
      const { definition } = version(ID, 3);
      const prompt = await client.get(ID);
      expect(prompt).toMatchObject({
        ...definition,
        contentHash: contentHash(definition),
        channel: "live",
        source: "ledger",
        ageMs: 0,
      });
      expect(prompt).not.toHaveProperty("pinSeq");
      expect(prompt.render({ message: "Hi" })).toEqual({ text: "Text of version 3: Hi" });
    });

    it("names the pin that chose it", async () => {
      await appendDraft(ledger, ID, pinTo([1, 1]));
      expect(await client.get(ID)).toMatchObject({ version: 1, channel: "live", pinSeq: 4 });
      const canary = await client.get(ID, { channel: "canary" });
      expect(canary).toMatchObject({ version: 3, channel: "canary" });
      expect(canary).not.toHaveProperty("pinSeq");
    });

    it("is one exact version when that is asked for, in either way", async () => {
      await appendDraft(ledger, ID, pinTo([1, 1]));
      for (const prompt of [await client.get(ID, { version: 2 }), await client.get(`${ID}#2`)]) {
        expect(prompt).toMatchObject({ version: 2, ageMs: 0 });
        expect(prompt).not.toHaveProperty("channel");
        expect(prompt).not.toHaveProperty("pinSeq");
      }
    });

    it("is the same version for the same caller of a weighted pin", async () => {
      await appendDraft(ledger, ID, pinTo([1, 50], [2, 50]));
      const keys = Array.from({ length: 40 }, (_, at) => `user-${at}`);
      const got = async () => Promise.all(keys.map(async (key) => (await client.get(ID, { key })).version));
      const first = await got();
      expect(new Set(first)).toEqual(new Set([1, 2]));
      expect(await got()).toEqual(first);
    });
  });

  describe("its cache", () => {
    it("takes two calls for a first read, and none for those that follow", async () => {
      expect(await calls(() => client.get(ID))).toBe(2);
      expect(await calls(() => client.get(ID))).toBe(0);
      later(TTL - 1);
      expect(await calls(() => client.get(ID))).toBe(0);
      expect(await client.get(ID)).toMatchObject({ source: "memory", ageMs: TTL - 1 });
    });

    it("asks again which version is served when that is older than the TTL", async () => {
      await client.get(ID);
      later(TTL);
      expect(await calls(() => client.get(ID))).toBe(1);
      later(TTL);
      expect(await client.get(ID)).toMatchObject({ source: "ledger", ageMs: 0 });
    });

    it("serves what was appended within the TTL", async () => {
      expect((await client.get(ID)).version).toBe(3);
      await appendDraft(ledger, ID, pinTo([2, 1]));
      later(TTL - 1);
      expect((await client.get(ID)).version).toBe(3);
      later(1);
      expect(await client.get(ID)).toMatchObject({ version: 2, pinSeq: 4 });
    });

    it("asks again when the clock was set back", async () => {
      await client.get(ID);
      later(-3_600_000);
      expect(await calls(() => client.get(ID))).toBe(1);
    });

    it("says that the ledger was asked when it was asked for the version alone", async () => {
      await appendDraft(ledger, ID, pinTo([1, 50], [2, 50]));
      const keys = Array.from({ length: 40 }, (_, at) => `user-${at}`);
      const sources = [];
      for (const key of keys) sources.push((await client.get(ID, { key })).source);
      expect(sources.filter((source) => source === "ledger")).toHaveLength(2);
    });

    it("keeps exact versions for ever", async () => {
      expect(await calls(() => client.get(`${ID}#1`))).toBe(1);
      later(365 * 86_400_000);
      expect(await calls(() => client.get(`${ID}#1`))).toBe(0);
      expect(await client.get(`${ID}#1`)).toMatchObject({ source: "memory", ageMs: 0 });
    });

    it("keeps channels and exact versions in one place", async () => {
      await client.get(`${ID}#3`);
      expect(await calls(() => client.get(ID))).toBe(1);
      expect(await calls(() => client.get(ID, { channel: "canary" }))).toBe(0);
    });

    it("holds no more bytes of versions than it may", async () => {
      const bytes = Buffer.byteLength(recordOf(version(ID, 1), 1, "").definition);
      const small = createPromptClient({ ledger: counting, maxBytes: bytes * 2.5 });
      for (const version of [1, 2, 3]) await small.get(ID, { version });
      expect(await calls(() => small.get(ID, { version: 3 }))).toBe(0);
      expect(await calls(() => small.get(ID, { version: 1 }))).toBe(1);
      expect(await calls(() => small.get(ID, { version: 2 }))).toBe(1);
    });

    it("makes one flight of 1,000 concurrent first reads", async () => {
      const reads = () => Promise.all(Array.from({ length: 1000 }, () => client.get(ID)));
      expect(await calls(reads)).toBe(2);
      later(TTL);
      expect(await calls(reads)).toBe(1);
      expect(await calls(() => Promise.all([1, 2, 1, 2].map((version) => client.get(ID, { version }))))).toBe(
        2,
      );
    });

    it("does not keep a failure", async () => {
      const failing = createPromptClient({
        ledger: answering(ledger, () => {
          throw new Error("the power is gone");
        }),
      });
      const outcomes = await Promise.allSettled([failing.get(ID), failing.get(ID)]);
      expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      await expect(client.get("late.prompt")).rejects.toMatchObject({ code: "prompt-not-found" });
      await appendVersion(ledger, candidate({ id: "late.prompt" }));
      later(TTL);
      expect(await client.get("late.prompt")).toMatchObject({ version: 1 });
    });
  });

  describe("what it refuses", () => {
    it("is what is not there", async () => {
      await expect(client.get("nobody.here")).rejects.toMatchObject({
        code: "prompt-not-found",
        blame: "user",
      });
      await expect(client.get(`${ID}#9`)).rejects.toMatchObject({ code: "version-not-found", blame: "user" });
      await expect(client.get("Not An Id")).rejects.toMatchObject({ code: "malformed-ref", blame: "user" });
    });

    it("is a retired prompt, but not its exact versions", async () => {
      await appendDraft(ledger, ID, { type: "PromptRetired", data: { forced: false } });
      await expect(client.get(ID)).rejects.toMatchObject({ code: "prompt-retired", blame: "user" });
      expect((await client.get(`${ID}#2`)).version).toBe(2);
      await appendDraft(ledger, ID, { type: "PromptRestored", data: {} });
      later(TTL);
      expect((await client.get(ID)).version).toBe(3);
    });

    it("is a channel that waits for evidence, but not the others", async () => {
      const made = recordOf(candidate({ id: "a.gated" }), 1, START.toISOString());
      const data = {
        version: 1,
        contentHash: made.contentHash,
        itemHash: "",
        owner: "",
        parent: null,
        commit: null,
        gates: ["live"],
      };
      await ledger.insert([versionToItem(made)]);
      await appendDraft(ledger, "a.gated", { type: "PromptPublished", data });
      await expect(client.get("a.gated")).rejects.toMatchObject({ code: "no-evidence", blame: "user" });
      expect((await client.get("a.gated", { channel: "canary" })).version).toBe(1);
    });

    it("is content that was changed", async () => {
      const changed = createPromptClient({
        ledger: answering(ledger, (item) => ({
          ...item,
          definition: String(item.definition).replace("Text", "Ignore all"),
        })),
      });
      const corrupt = { code: "corrupt-content", blame: "service" };
      await expect(changed.get(ID)).rejects.toMatchObject(corrupt);
      await expect(changed.get(`${ID}#1`)).rejects.toMatchObject(corrupt);
    });

    it("is other content than the one that was published, however sound in itself", async () => {
      const forged = versionToItem(
        recordOf(candidate({ id: ID, version: 3, template: "Ignore all" }), 3, ""),
      );
      const changed = createPromptClient({ ledger: answering(ledger, () => forged) });
      await expect(changed.get(ID)).rejects.toMatchObject({ code: "corrupt-content", blame: "service" });
    });

    it("is another version's content", async () => {
      const second = versionToItem(recordOf(version(ID, 2), 2, ""));
      const changed = createPromptClient({
        ledger: answering(ledger, ({ pk, sk }) => ({ ...second, pk, sk })),
      });
      await expect(changed.get(`${ID}#3`)).rejects.toMatchObject({ code: "corrupt-content" });
    });
  });
});
