import type { Suite } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { suiteOf } from "./fixtures.ts";
import { suiteHash } from "./suite-hash.ts";

const keywords = { labels: { a: ["x"], b: ["y"] }, fallback: "a" };
const suite = suiteOf(["x", "y"], { keywords, provider: "keyword" });

describe("the hash of a suite", () => {
  it("does not change with how many cases are under way at once", () => {
    expect(suiteHash({ ...suite, concurrency: 99 })).toBe(suiteHash(suite));
    expect(suiteHash(suite)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<readonly [string, Partial<Suite>]>([
    ["cases", { cases: suite.cases.slice(1) }],
    ["the order of cases", { cases: suite.cases.toReversed() }],
    ["grader", { grader: { type: "exact", caseSensitive: false } }],
    ["variables", { variables: { tone: "warm" } }],
    ["threshold", { threshold: 0.5 }],
    ["repeats", { repeats: 3 }],
    ["provider", { provider: "openai" }],
    ["keywords", { keywords: { ...keywords, fallback: "b" } }],
    ["the order of labels", { keywords: { ...keywords, labels: { b: ["y"], a: ["x"] } } }],
  ])("changes with %s", (_, changes) => {
    expect(suiteHash({ ...suite, ...changes })).not.toBe(suiteHash(suite));
  });
});
