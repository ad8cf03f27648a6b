import {
  appendDraft,
  appendVersion,
  CountingLedger,
  candidate,
  pinTo,
  version,
  versions,
  withInsert,
} from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Variable } from "../domain/definition.ts";
import { contentHash } from "../domain/hash.ts";
import { recordOf } from "../domain/version.ts";
import { versionToItem } from "../ledger/item.ts";
import type { Item, Ledger } from "../ledger/ledger.ts";
import { MemoryLedger } from "../memory/memory-ledger.ts";
import { createPromptClient } from "./client.ts";
import type { PromptClient } from "./prompt-client.ts";

const ID = "support.classifier";
const TTL = 10_000;
const START = new Date("2026-03-01T12:00:00.000Z");

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
      expect(prompt.pinSeq).toBeUndefined();
      expect(prompt.render({ message: "Hi" })).toEqual({ text: "Text of version 3: Hi" });
    });

    it("names the pin that chose it", async () => {
      await appendDraft(ledger, ID, pinTo(ID, [1, 1]));
      expect(await client.get(ID)).toMatchObject({ version: 1, channel: "live", pinSeq: 4 });
      const canary = await client.get(ID, { channel: "canary" });
      expect(canary).toMatchObject({ version: 3, channel: "canary" });
      expect(canary.pinSeq).toBeUndefined();
    });

    it("is one exact version when that is asked for, in either way", async () => {
      await appendDraft(ledger, ID, pinTo(ID, [1, 1]));
      for (const prompt of [await client.get(ID, { version: 2 }), await client.get(`${ID}#2`)]) {
        expect(prompt).toMatchObject({ version: 2, ageMs: 0 });
        expect(prompt.channel).toBeUndefined();
        expect(prompt.pinSeq).toBeUndefined();
      }
    });

    it("is the same version for the same caller of a weighted pin", async () => {
      await appendDraft(ledger, ID, pinTo(ID, [1, 50], [2, 50]));
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
      await appendDraft(ledger, ID, pinTo(ID, [2, 1]));
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
      await appendDraft(ledger, ID, pinTo(ID, [1, 50], [2, 50]));
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

    it("holds no more than it may, and what is asked for longest", async () => {
      for (const one of versions("other.prompt", 100)) await appendVersion(ledger, one);
      const small = createPromptClient({ ledger: counting, maxBytes: 100_000 });
      const refs = Array.from({ length: 100 }, (_, at) => `other.prompt#${at + 1}`);
      for (const ref of refs) {
        await small.get(ref);
        expect(await calls(() => small.get("other.prompt#1"))).toBe(0);
      }
      const again = await calls(async () => {
        for (const ref of refs) await small.get(ref);
      });
      expect(again).toBeGreaterThan(50);
      expect(again).toBeLessThan(100);
    });

    it("gives a prompt that is larger than all it may hold", async () => {
      const tiny = createPromptClient({ ledger: counting, maxBytes: 100 });
      expect(await calls(() => tiny.get(ID))).toBe(2);
      expect((await tiny.get(ID)).version).toBe(3);
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

  describe("peek", () => {
    it("gives what get would give without asking, and nothing else", async () => {
      expect(client.peek(ID)).toBeUndefined();
      expect(client.peek(`${ID}#3`)).toBeUndefined();
      await client.get(ID);
      later(TTL - 1);
      expect(await calls(async () => client.peek(ID))).toBe(0);
      expect(client.peek(ID)).toMatchObject({ version: 3, source: "memory", ageMs: TTL - 1 });
      expect(client.peek(ID)).toEqual(await client.get(ID));
      for (const exact of [client.peek(`${ID}#3`), client.peek(ID, { version: 3 })]) {
        expect(exact).toBe(await client.get(`${ID}#3`));
      }
      expect(client.peek(ID, { channel: "canary" })).toBeUndefined();
      later(1);
      expect(client.peek(ID)).toBeUndefined();
      expect(client.peek(`${ID}#3`)).toMatchObject({ version: 3 });
    });

    it("gives a weighted pin's version to whom get gives it", async () => {
      await appendDraft(ledger, ID, pinTo(ID, [1, 50], [2, 50]));
      const keys = Array.from({ length: 20 }, (_, at) => `user-${at}`);
      for (const key of keys) {
        const { version } = await client.get(ID, { key });
        expect(client.peek(ID, { key })).toMatchObject({ version, pinSeq: 4 });
      }
    });

    it("gives nothing of a retired prompt, and throws for no id", async () => {
      await client.get(ID);
      await appendDraft(ledger, ID, { type: "PromptRetired", data: { forced: false } });
      later(TTL);
      await expect(client.get(ID)).rejects.toMatchObject({ code: "prompt-retired" });
      expect(client.peek(ID)).toBeUndefined();
      expect(client.peek("Not An Id")).toBeUndefined();
    });
  });

  describe("prefetch", () => {
    it("reads ahead of need", async () => {
      await appendVersion(ledger, candidate({ id: "other.prompt" }));
      await client.prefetch([ID, "other.prompt", `${ID}#1`]);
      const made = await calls(async () => {
        for (const ref of [ID, "other.prompt", `${ID}#1`]) expect(client.peek(ref)).toBeDefined();
      });
      expect(made).toBe(0);
    });

    it("says which cannot be had, and has the others", async () => {
      await expect(client.prefetch([ID, "not.there"])).rejects.toMatchObject({ code: "prompt-not-found" });
      await expect(client.prefetch([ID, "not.there", "nor.this"])).rejects.toMatchObject({
        code: "not-prefetched",
        blame: "user",
        message: expect.stringMatching(/not\.there.*nor\.this|nor\.this.*not\.there/),
      });
      expect(client.peek(ID)).toBeDefined();
    });
  });

  it("draws a weighted pin's version anew for each call without a key", async () => {
    await appendDraft(ledger, ID, pinTo(ID, [1, 50], [2, 50]));
    const got = new Set<number>();
    for (let at = 0; at < 200; at += 1) got.add((await client.get(ID)).version);
    expect(got).toEqual(new Set([1, 2]));
  });

  it("gives prompts that cannot be changed", async () => {
    const prompt = await client.get(ID);
    const rude = prompt as unknown as { tags: string[]; version: number; variables: { message: object } };
    expect(() => rude.tags.push("x")).toThrow(TypeError);
    expect(() => Object.assign(rude.variables.message, { required: false })).toThrow(TypeError);
    expect(() => Object.assign(rude, { version: 9 })).toThrow(TypeError);
    expect((await client.get(ID)).version).toBe(3);
  });

  describe("with what the code expects", () => {
    const expects = { variables: ["message"] };
    const publish = (version: number, variables: Record<string, Variable>) => {
      const uses = Object.keys(variables).map((name) => `{{${name}}}`);
      return appendVersion(
        ledger,
        candidate({ id: ID, version, parent: `${ID}#${version - 1}`, variables, template: uses.join(" ") }),
      );
    };
    const required = { type: "string", required: true } as const;
    const optional = { type: "string", required: false } as const;

    it("is what the channel serves while that fits", async () => {
      expect(await client.get(ID, { expects })).toMatchObject({ version: 3 });
      await publish(4, { message: required, tone: { ...optional, default: "kind" }, note: optional });
      later(TTL);
      const prompt = await client.get(ID, { expects });
      expect(prompt).toMatchObject({ version: 4 });
      expect(prompt.insteadOf).toBeUndefined();
      expect(client.peek(ID, { expects })).toMatchObject({ version: 4 });
    });

    it.each<[string, Record<string, Variable>]>([
      ["needs a variable more", { message: required, customer: required }],
      ["has no use for a variable", { customer: optional }],
    ])("is the newest version that fits where the one that is served %s", async (_, variables) => {
      await publish(4, { message: required, note: optional });
      await publish(5, variables);
      expect(await client.get(ID)).toMatchObject({ version: 5 });
      const prompt = await client.get(ID, { expects });
      expect(prompt).toMatchObject({ version: 4, insteadOf: 5, channel: "live" });
      expect(prompt.render({ message: "Hi" })).toEqual({ text: "Hi " });
      expect(client.peek(ID, { expects })).toBeUndefined();
      expect(await calls(() => client.get(ID, { expects }))).toBe(0);
    });

    it("is refused when no version fits", async () => {
      const mismatch = {
        code: "contract-mismatch",
        blame: "user",
        message: expect.stringContaining(`${ID}#3`),
      };
      await expect(client.get(ID, { expects: { variables: ["topic"] } })).rejects.toMatchObject(mismatch);
      await expect(client.get(`${ID}#3`, { expects: { variables: [] } })).rejects.toMatchObject(mismatch);
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
