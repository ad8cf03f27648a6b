import { appendDraft, appendVersion, pinTo, UnsteadyLedger, version, versions } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "../domain/errors.ts";
import type { Prompt } from "../domain/prompt.ts";
import type { Item } from "../ledger/ledger.ts";
import { MemoryLedger } from "../memory/memory-ledger.ts";
import { createPromptClient } from "./client.ts";
import type { PromptClient } from "./prompt-client.ts";

const ID = "support.classifier";
const TTL = 10_000;
const STALE = 20_000;
const ERROR = 100_000;
const DEADLINE = 150;
/** Longer than any rest after a failure. */
const REST = TTL;

const unreachable = () => new ServiceError("unreachable", "nobody answers");

describe("a client whose ledger is slow or away", () => {
  let inner: MemoryLedger;
  let ledger: UnsteadyLedger;
  let client: PromptClient;
  let lines: Record<string, unknown>[];
  beforeEach(async () => {
    vi.useFakeTimers({
      toFake: ["Date", "setTimeout", "clearTimeout"],
      now: new Date("2026-03-01T12:00:00Z"),
    });
    lines = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as Record<string, unknown>);
      return true;
    });
    inner = new MemoryLedger();
    for (const one of versions(ID, 3)) await appendVersion(inner, one);
    ledger = new UnsteadyLedger(inner);
    client = createPromptClient({
      ledger,
      ttlMs: TTL,
      staleWhileRevalidateMs: STALE,
      staleIfErrorMs: ERROR,
      deadlineMs: DEADLINE,
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
  const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const roll = () => appendDraft(inner, ID, pinTo(ID, [1, 1]));
  const calls = (work: () => Promise<unknown>) => ledger.callsDuring(work);

  describe("within the time that it may be stale for", () => {
    beforeEach(async () => {
      await client.get(ID);
      later(TTL);
    });

    it("gives what the ledger answers at once", async () => {
      await roll();
      expect(await client.get(ID)).toMatchObject({ version: 1, source: "ledger", ageMs: 0 });
      expect(vi.getTimerCount()).toBe(0);
    });

    it("gives what it holds when the deadline passes, and the late answer to the next caller", async () => {
      await roll();
      const release = ledger.hold();
      const first = client.get(ID);
      await wait(DEADLINE);
      expect(await first).toMatchObject({ version: 3, source: "stale", ageMs: TTL + DEADLINE });
      expect(vi.getTimerCount()).toBe(0);
      release();
      const made = await calls(async () => {
        await wait(0);
        expect(await client.get(ID)).toMatchObject({ version: 1, ageMs: DEADLINE });
      });
      // The version that the late head names.
      expect(made).toBe(1);
    });

    it("waits for one slow answer once, however many calls there are", async () => {
      ledger.hold();
      const first = client.get(ID);
      await wait(DEADLINE - 1);
      const second = client.get(ID);
      await wait(1);
      expect((await first).source).toBe("stale");
      expect((await second).source).toBe("stale");
      const made = await calls(async () => {
        expect((await client.get(ID)).source).toBe("stale");
      });
      expect(made).toBe(0);
    });

    it("waits on when what it holds would be too old by the end of the deadline", async () => {
      later(STALE - DEADLINE);
      const release = ledger.hold();
      const asked = client.get(ID);
      let answered = false;
      asked.then(() => (answered = true));
      await wait(DEADLINE);
      expect(answered).toBe(false);
      release();
      expect(await asked).toMatchObject({ source: "ledger", ageMs: DEADLINE });
    });

    it("gives what it holds when the ledger fails, and leaves it alone for a while", async () => {
      ledger.error = unreachable();
      expect(await client.get(ID)).toMatchObject({ version: 3, source: "stale", ageMs: TTL });
      const made = await calls(async () => {
        for (let at = 0; at < 100; at += 1) expect((await client.get(ID)).source).toBe("stale");
      });
      expect(made).toBe(0);
    });
  });

  it("asks at most once per step of a backoff that grows, whatever the load", async () => {
    await client.get(ID);
    later(TTL);
    ledger.error = unreachable();
    const attempts: number[] = [];
    for (let at = 0; at < 60_000; at += 10) {
      const before = ledger.calls;
      expect((await client.get(ID)).version).toBe(3);
      if (ledger.calls > before) attempts.push(at);
      later(10);
    }
    const gaps = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    expect(attempts.length).toBeLessThan(20);
    // Each step is between half of its full length and all of it: 200 ms, doubled up to the TTL.
    for (const [step, gap] of gaps.entries()) {
      const full = Math.min(200 * 2 ** step, TTL);
      expect(gap).toBeGreaterThanOrEqual(full / 2);
      expect(gap).toBeLessThanOrEqual(full + 10);
    }
  });

  it("waits for the ledger when what it holds is older than it may be", async () => {
    await client.get(ID);
    later(TTL + STALE);
    await roll();
    const release = ledger.hold();
    const asked = client.get(ID);
    let answered = false;
    asked.then(() => (answered = true));
    await wait(2_000);
    expect(answered).toBe(false);
    release();
    expect(await asked).toMatchObject({ version: 1, source: "ledger" });
  });

  it("gives what it holds through an outage, up to the age that was set, and then the error", async () => {
    await client.get(ID);
    ledger.error = unreachable();
    for (const age of [TTL, TTL + STALE, ERROR - 1]) {
      vi.setSystemTime(new Date("2026-03-01T12:00:00Z").getTime() + age);
      expect(await client.get(ID)).toMatchObject({ version: 3, source: "stale", ageMs: age });
    }
    later(1);
    await expect(client.get(ID)).rejects.toMatchObject({ code: "unreachable" });
    later(REST);
    ledger.error = undefined;
    expect(await client.get(ID)).toMatchObject({ version: 3, source: "ledger", ageMs: 0 });
  });

  it("recovers within a TTL of the ledger's return", async () => {
    await client.get(ID);
    later(TTL);
    ledger.error = unreachable();
    for (let at = 0; at < 20; at += 1) {
      await client.get(ID);
      later(1_000);
    }
    ledger.error = undefined;
    await roll();
    later(TTL);
    expect(await client.get(ID)).toMatchObject({ version: 1, source: "ledger" });
  });

  it.each(["unreachable", "throttled", "access-denied", "no-table"])(
    "fails with %s when it holds nothing, and asks again when the rest is over",
    async (code) => {
      ledger.error = new ServiceError(code, "no");
      await expect(client.get(ID)).rejects.toMatchObject({ code, blame: "service" });
      const made = await calls(() => expect(client.get(ID)).rejects.toMatchObject({ code }));
      expect(made).toBe(0);
      ledger.error = undefined;
      later(200);
      expect((await client.get(ID)).source).toBe("ledger");
    },
  );

  it("tells of each failed attempt once", async () => {
    await client.get(ID);
    later(TTL);
    ledger.error = unreachable();
    await Promise.all(Array.from({ length: 50 }, () => client.get(ID)));
    await client.get(ID);
    expect(lines).toEqual([
      expect.objectContaining({
        event: "prompt_read_failed",
        prompt_id: ID,
        prompt_version: 3,
        prompt_owner: "support-team",
        source: "stale",
        error_kind: "unreachable",
        error_message: "nobody answers",
      }),
    ]);
    later(REST);
    ledger.error = unreachable();
    await client.get(ID);
    expect(lines).toHaveLength(2);
  });

  describe("after the process was stopped", () => {
    it("asks before it answers, when that was for longer than the windows", async () => {
      await client.get(ID);
      await roll();
      later(3_600_000);
      expect(await client.get(ID)).toMatchObject({ version: 1, source: "ledger", ageMs: 0 });
    });

    it("does not believe a read that it slept over", async () => {
      const release = ledger.hold();
      const asked = client.get(ID);
      await wait(0);
      // The ledger read, the process stopped, and the answer is only seen now.
      const answer = vi.spyOn(ledger, "query");
      later(3_600_000);
      await roll();
      release();
      expect(await asked).toMatchObject({ version: 1, ageMs: 0 });
      expect(answer).toHaveBeenCalledTimes(1);
    });

    it("does not join a read of before, and keeps the newer answer whichever comes first", async () => {
      await client.get(ID);
      later(TTL);
      const release = ledger.hold();
      const first = client.get(ID);
      await wait(DEADLINE);
      expect((await first).source).toBe("stale");
      later(3_600_000);
      const second = client.get(ID);
      await wait(0);
      expect(ledger.calls).toBe(4);
      await roll();
      release();
      expect(await second).toMatchObject({ version: 1, source: "ledger" });
      await wait(0);
      expect(await client.get(ID)).toMatchObject({ version: 1, source: "memory" });
    });

    it("asks when the clock was set back", async () => {
      await client.get(ID);
      await roll();
      later(-3_600_000);
      expect(await client.get(ID)).toMatchObject({ version: 1, source: "ledger", ageMs: 0 });
    });
  });

  describe("with a version that cannot be read", () => {
    const corrupt = (name: string) => (item: Item) =>
      item.pk === name ? { ...item, definition: String(item.definition).replace("Text", "Ignore") } : item;

    it("refuses it, and gives what was served before", async () => {
      await client.get(ID);
      await appendVersion(inner, version(ID, 4));
      ledger.change = corrupt(`${ID}#4`);
      later(TTL);
      const prompt = await client.get(ID);
      expect(prompt).toMatchObject({ version: 3, source: "stale" });
      expect(prompt.render({ message: "Hi" })).toEqual({ text: "Text of version 3: Hi" });
      expect(lines).toMatchObject([
        { event: "prompt_read_failed", prompt_version: 3, error_kind: "corrupt-content" },
      ]);
      expect(await calls(() => client.get(ID))).toBe(0);
      await expect(client.get(`${ID}#4`)).rejects.toMatchObject({ code: "corrupt-content" });
      ledger.change = (item) => item;
      later(TTL);
      expect(await client.get(ID)).toMatchObject({ version: 4, source: "ledger" });
    });

    it("says so when nothing was served before", async () => {
      ledger.change = corrupt(`${ID}#3`);
      await expect(client.get(ID)).rejects.toMatchObject({ code: "corrupt-content", blame: "service" });
    });

    it("goes on with what was served while the version cannot be fetched", async () => {
      await client.get(ID);
      await roll();
      later(TTL);
      const get = vi.spyOn(ledger, "get").mockRejectedValue(unreachable());
      expect(await client.get(ID)).toMatchObject({ version: 3, source: "stale" });
      get.mockRestore();
      later(TTL);
      expect(await client.get(ID)).toMatchObject({ version: 1, source: "ledger" });
    });
  });

  it("believes for five seconds that there is no such prompt, and no such version", async () => {
    const refused = async (ref: string, code: string) => {
      await expect(client.get(ref)).rejects.toMatchObject({ code, blame: "user" });
    };
    for (const [ref, code] of [
      ["late.prompt", "prompt-not-found"],
      [`${ID}#9`, "version-not-found"],
    ] as const) {
      expect(await calls(() => refused(ref, code))).toBe(1);
      later(4_999);
      expect(await calls(() => refused(ref, code))).toBe(0);
      later(1);
      expect(await calls(() => refused(ref, code))).toBe(1);
    }
    expect(lines).toEqual([]);
  });

  it("never answers with an error that nobody asked for", async () => {
    const rejected = vi.fn();
    process.on("unhandledRejection", rejected);
    await client.get(ID);
    later(TTL);
    const release = ledger.hold();
    ledger.error = unreachable();
    const first = client.get(ID);
    await wait(DEADLINE);
    expect((await first).source).toBe("stale");
    release();
    await wait(0);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", rejected);
    expect(rejected).not.toHaveBeenCalled();
    expect((await client.get(ID)) satisfies Prompt).toMatchObject({ source: "stale" });
  });
});
