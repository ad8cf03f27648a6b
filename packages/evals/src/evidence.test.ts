import { canonicalJson } from "@promptops/core/domain";
import { expect, it } from "vitest";
import { evidence } from "./evidence.ts";
import { evaluated, inputs, prompt, rightBut, suiteOf } from "./fixtures.ts";
import { keywordProvider } from "./providers/keyword.ts";
import { wilson } from "./statistics/wilson.ts";
import { suiteHash } from "./suite-hash.ts";

it("is what the ledger keeps of a result", async () => {
  const suite = suiteOf(inputs(4));
  const definition = prompt({ metrics: { baseline_accuracy: 0.75 } });
  const result = await evaluated({ definition, suite, provider: rightBut("case 3") });
  expect(evidence(result, "c0ffee")).toEqual({
    pass: true,
    suiteHash: suiteHash(suite),
    model: "sonnet",
    provider: "anthropic",
    cases: 4,
    passed: 3,
    accuracy: 0.75,
    ...wilson(3, 4),
    inputTokens: 40,
    outputTokens: 8,
    costUsd: 0.04,
    commit: "c0ffee",
  });
});

it("names recordings and stand-ins, and is JSON whatever the run came to", async () => {
  const empty = await evaluated({ suite: suiteOf([]), provider: { ...rightBut(), mode: "recorded" } });
  expect(evidence(empty)).toMatchObject({
    pass: false,
    cases: 0,
    accuracy: 0,
    provider: "recordings of anthropic",
  });
  const keywords = await evaluated({ provider: keywordProvider({ labels: {}, fallback: "x" }) });
  expect(evidence(keywords)).toMatchObject({ provider: "keyword stand-in", commit: null });
  for (const result of [empty, keywords]) {
    expect(JSON.parse(canonicalJson(evidence(result)))).toEqual(evidence(result));
  }
});
