import fc from "fast-check";
import { expect, it } from "vitest";
import { evaluated, inputs, rightBut, suiteOf } from "../fixtures.ts";
import { keywordProvider } from "../providers/keyword.ts";
import { anyText, compared, holding } from "./samples.ts";
import { textReport } from "./text.ts";

it("is a table of the prompts, then what there is to say of each", async () => {
  const keyword = await evaluated({ provider: keywordProvider({ labels: {}, fallback: "case 1" }) });
  expect(textReport([await compared(), keyword])).toBe(
    [
      "      prompt            answered by       passed  accuracy (95 %)      required  against the parent",
      "pass  support.intent#2  anthropic         38/40   95 % (83.5–98.62 %)  90 %      97.5 → 95 %, 1 better, 2 worse, p = 1.000",
      "pass  support.intent#2  keyword stand-in  1/10    10 % (1.79–40.42 %)",
      "",
      "support.intent#2: anthropic, claude; 400 tokens in, 80 out; $0.40; latency p50 100 ms, p95 100 ms",
      "  got worse than support.intent#1:",
      '    case 1 "case 1": expected "case 1", was "case 1", is "wrong"',
      '    case 2 "case 2": expected "case 2", was "case 2", is "wrong"',
      "  got better than support.intent#1:",
      '    case 3 "case 3": expected "case 3", was "wrong", is "case 3"',
      "  failed:",
      '    case 1 "case 1": expected "case 1", got "wrong"',
      '    case 2 "case 2": expected "case 2", got "wrong"',
      "",
      "support.intent#2: keyword stand-in, keyword; no model was called",
      "  note: answered by the keyword stand-in, which is no model: this measures the suite, not the prompt",
      "  note: the prompt declares no metrics.baseline_accuracy, and the suite no threshold: any accuracy passes",
      "  failed:",
      ...[2, 3, 4, 5, 6, 7, 8, 9, 10].map(
        (at) => `    case ${at} "case ${at}": expected "case ${at}", got "case 1"`,
      ),
    ].join("\n"),
  );
});

it("says why a prompt fails, and that recorded answers cost nothing now", async () => {
  const empty = await evaluated({ suite: suiteOf([]), provider: { ...rightBut(), mode: "recorded" } });
  const report = textReport([empty]);
  expect(report).toContain("FAIL  support.intent#2  recordings of anthropic  0/0     none");
  expect(report).toContain("  FAIL the suite has no cases: nothing was measured");
  expect(report).toContain("$0.00 when recorded");
});

it("lists twenty cases, and says how many more there are", async () => {
  const result = await evaluated({ suite: suiteOf(inputs(50)), provider: rightBut(...inputs(45)) });
  const report = textReport([result]);
  expect(report).toContain("case 20 ");
  expect(report).not.toContain("case 21 ");
  expect(report).toContain("    and 25 more");
});

it("holds nothing that a terminal acts on", async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (input, answer, expected) => {
      expect(textReport([await holding(input, answer, expected)])).not.toMatch(
        /[^\P{Cc}\n]|[\u202a-\u202e]/u,
      );
    }),
  );
});
