import { appendVersion, candidate, storableJson } from "@promptops/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryLedger } from "../memory/memory-ledger.ts";
import { createPromptClient } from "./client.ts";
import { logPromptEvent } from "./event-line.ts";
import type { Prompt } from "./prompt.ts";

const FIRST = ["event", "prompt_id", "prompt_version", "prompt_owner", "prompt_model"];

describe("logPromptEvent", () => {
  let prompt: Prompt;
  let written: string[];
  beforeEach(async () => {
    const ledger = new MemoryLedger();
    await appendVersion(ledger, candidate());
    prompt = await createPromptClient({ ledger }).get("support.classifier");
    written = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** The one line that was written. */
  const line = () => {
    const [text = "", ...more] = written.splice(0);
    expect(more).toEqual([]);
    expect(text.indexOf("\n")).toBe(text.length - 1);
    return text;
  };
  const log = (extra?: object) => {
    logPromptEvent("prompt_completed", prompt, extra as Record<string, unknown>);
    return line();
  };
  const parsed = (extra?: object) => JSON.parse(log(extra)) as Record<string, unknown>;

  it("writes what happened to which version, in a fixed order", () => {
    const fields = parsed();
    expect(Object.keys(fields).slice(0, FIRST.length)).toEqual(FIRST);
    expect(fields).toEqual({
      event: "prompt_completed",
      prompt_id: "support.classifier",
      prompt_version: 1,
      prompt_owner: "support-team",
      prompt_model: "claude-sonnet",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      content_hash: prompt.contentHash,
      channel: "live",
      source: "ledger",
      age_ms: expect.any(Number),
    });
  });

  it("adds what the caller has to say, whatever it is", () => {
    const names = fc.oneof(fc.string(), fc.constantFrom("0", "7", "event", "channel", "__proto__", "toJSON"));
    fc.assert(
      fc.property(fc.dictionary(names, storableJson()), (extra) => {
        const own = parsed();
        const text = log(extra);
        expect(
          text.startsWith(`{${FIRST.map((name) => `"${name}":${JSON.stringify(own[name])}`).join(",")}`),
        ).toBe(true);
        const added = Object.entries(extra).filter(([name]) => !(name in own && Object.hasOwn(own, name)));
        const { timestamp: _, ...fields } = JSON.parse(text) as Record<string, unknown>;
        const { timestamp: __, ...rest } = own;
        expect(Object.entries(fields)).toEqual(
          expect.arrayContaining([...Object.entries(rest), ...added.filter(([name]) => name !== "pin_seq")]),
        );
      }),
    );
  });

  it("does not let the caller overwrite what identifies the prompt", () => {
    const forged = Object.fromEntries(
      [...FIRST, "timestamp", "content_hash", "pin_seq"].map((name) => [name, "x"]),
    );
    expect(Object.values(parsed(forged))).not.toContain("x");
  });

  it("leaves out what JSON leaves out", () => {
    const fields = parsed({ a: undefined, b: () => 1, c: Symbol("s"), d: Number.NaN, e: new Date(0) });
    expect(fields).not.toHaveProperty("a");
    expect(fields).not.toHaveProperty("b");
    expect(fields).not.toHaveProperty("c");
    expect(fields).toMatchObject({ d: null, e: "1970-01-01T00:00:00.000Z" });
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const throwing = {
    get value() {
      throw new Error("not now");
    },
  };
  const spiteful = {
    toJSON() {
      throw Object.defineProperty(new Error(), "message", {
        get() {
          throw new Error("never");
        },
      });
    },
  };
  it.each<[string, unknown, unknown]>([
    ["a cycle", cycle, expect.stringContaining("[not JSON: ")],
    ["a BigInt", 1n, expect.stringContaining("[not JSON: ")],
    ["a nested BigInt", { deep: [1n] }, expect.stringContaining("[not JSON: ")],
    ["a throwing getter", throwing, "[not JSON: not now]"],
    [
      "a throwing toJSON",
      {
        toJSON() {
          throw "text";
        },
      },
      expect.stringContaining("[not JSON: "),
    ],
  ])("writes %s as text, and the rest as it is", (_, value, expected) => {
    expect(parsed({ before: 1, value, after: 2 })).toMatchObject({ before: 1, value: expected, after: 2 });
  });

  it.each<[string, unknown]>([
    ["a getter that throws", throwing],
    ["a value whose error cannot be read", { value: spiteful }],
    [
      "a proxy that refuses",
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error("no");
          },
        },
      ),
    ],
    ["null", null],
  ])("writes a line at least for %s", (_, extra) => {
    expect(parsed(extra as object)).toMatchObject({ event: "prompt_completed", prompt_version: 1 });
  });

  it("is not led astray by a toJSON of the caller's", () => {
    expect(parsed({ toJSON: () => "gone", kept: 1 })).toMatchObject({ prompt_version: 1, kept: 1 });
  });
});
