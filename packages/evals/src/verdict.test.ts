import { UserError } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { answerOf, evaluated, inputs, prompt, providerOf, rightBut, suiteOf } from "./fixtures.ts";
import { keywordProvider } from "./providers/keyword.ts";
import type { Provider } from "./providers/provider.ts";

/** The verdict on a prompt that gets `right` of `n` cases, which asks for `baseline`, in a suite that asks for `threshold`. */
async function verdictOn(right: number, n: number, baseline?: number, threshold?: number) {
  const { verdict } = await evaluated({
    definition: prompt(baseline === undefined ? {} : { metrics: { baseline_accuracy: baseline } }),
    suite: suiteOf(inputs(n), threshold === undefined ? {} : { threshold }),
    provider: rightBut(...inputs(n).slice(right)),
  });
  return verdict;
}

function codes({ shortfalls }: { readonly shortfalls: readonly { readonly code: string }[] }) {
  return shortfalls.map(({ code }) => code);
}

describe("the gate", () => {
  it.each([
    [38, 40, 0.95, true],
    [37, 40, 0.95, false],
    [40, 40, 1, true],
    [39, 40, 1, false],
    [0, 40, 0, true],
    [7, 100, 0.07, true],
    [29, 100, 0.29, true],
    [57, 100, 0.57, true],
    [56, 100, 0.57, false],
    [2, 3, 0.667, false],
    [2, 3, 0.666, true],
  ])("with %i of %i right and a baseline of %d passes: %s", async (right, n, baseline, pass) => {
    const verdict = await verdictOn(right, n, baseline);
    expect(verdict.pass).toBe(pass);
    expect(codes(verdict)).toEqual(pass ? [] : ["below-required"]);
  });

  it("says what was missing in whole cases", async () => {
    const [shortfall] = (await verdictOn(37, 40, 0.95)).shortfalls;
    expect(shortfall?.message).toBe("37 of 40 cases passed (92.5 %); 95 % is required, which is 38");
  });

  it.each([
    [0.8, 0.9, 0.9],
    [0.9, 0.8, 0.9],
    [undefined, 0.7, 0.7],
    [0.6, undefined, 0.6],
    [undefined, undefined, undefined],
  ])("asks for the higher of baseline %d and threshold %d", async (baseline, threshold, required) => {
    expect((await verdictOn(10, 10, baseline, threshold)).required).toBe(required);
  });

  it("passes without a baseline, and says so", async () => {
    const verdict = await verdictOn(0, 10);
    expect(verdict.pass).toBe(true);
    expect(verdict.notes).toEqual([
      "the prompt declares no metrics.baseline_accuracy, and the suite no threshold: any accuracy passes",
    ]);
    expect((await verdictOn(10, 10, undefined, 0.5)).notes).toEqual([
      "the prompt declares no metrics.baseline_accuracy, the suite's threshold counts",
    ]);
    expect((await verdictOn(10, 10, 0.5)).notes).toEqual([]);
  });

  it("does not pass an empty suite", async () => {
    expect(codes(await verdictOn(0, 0))).toEqual(["empty"]);
    expect(codes(await verdictOn(0, 0, 0.9))).toEqual(["empty"]);
  });

  it("says that a stand-in is one", async () => {
    const { verdict } = await evaluated({ provider: keywordProvider({ labels: {}, fallback: "x" }) });
    expect(verdict.notes[0]).toBe(
      "answered by the keyword stand-in, which is no model: this measures the suite, not the prompt",
    );
  });
});

describe("the gate against a parent", () => {
  const definition = prompt({ metrics: { baseline_accuracy: 0.5 } });
  const former = prompt({ version: 1 });
  const against = (now: Provider, before: Provider, n = 40) =>
    evaluated({
      definition,
      suite: suiteOf(inputs(n)),
      provider: now,
      parent: { definition: former, provider: before },
    });

  it("fails what is significantly worse, though above the baseline", async () => {
    const { verdict } = await against(rightBut(...inputs(6)), rightBut());
    expect(codes(verdict)).toEqual(["worse-than-parent"]);
    expect(verdict.shortfalls[0]?.message).toBe(
      "significantly worse than the parent support.intent#1: 6 got worse, 0 better (p = 0.031)",
    );
  });

  it("passes what chance explains", async () => {
    const { verdict } = await against(rightBut(...inputs(5)), rightBut());
    expect(verdict.pass).toBe(true);
    expect(verdict.comparison).toMatchObject({ p: 0.0625, significantlyWorse: false });
  });

  it("passes what is significantly better", async () => {
    const { verdict } = await against(rightBut(), rightBut(...inputs(6)));
    expect(verdict.pass).toBe(true);
    expect(verdict.comparison?.p).toBeLessThan(0.05);
  });

  it("lists the cases that flipped, both ways", async () => {
    const { verdict } = await against(rightBut("case 2", "case 3"), rightBut("case 3", "case 4"), 5);
    expect(verdict.comparison).toMatchObject({ cases: 5, passedBefore: 3, passedNow: 3, p: 1 });
    expect(verdict.comparison?.worse).toEqual([
      {
        place: 2,
        input: "case 2",
        expected: "case 2",
        before: { answer: "case 2", reason: "as expected" },
        now: { answer: "wrong", reason: 'expected "case 2", got "wrong"' },
      },
    ]);
    expect(verdict.comparison?.better.map(({ place }) => place)).toEqual([4]);
  });

  const failing = (code: string, ...failed: readonly string[]) =>
    providerOf(({ input }) => {
      if (failed.includes(input)) throw new UserError(code, "no answer");
      return answerOf(input);
    });

  it("leaves out what the parent has no grade for, and says so", async () => {
    const { verdict } = await against(rightBut(), failing("provider-failed", "case 1", "case 2"), 10);
    expect(verdict.pass).toBe(true);
    expect(verdict.comparison?.cases).toBe(8);
    expect(verdict.notes).toEqual([
      "2 cases not compared, because the parent support.intent#1 has no grade; the first: no answer",
    ]);
  });

  it("fails when nothing could be compared", async () => {
    const { verdict } = await against(rightBut(), failing("provider-failed", ...inputs(10)), 10);
    expect(codes(verdict)).toEqual(["not-compared"]);
  });

  it("fails when an answer of the parent was never recorded", async () => {
    const { verdict } = await against(rightBut(), failing("missing-recording", "case 1"), 10);
    expect(codes(verdict)).toEqual(["not-compared"]);
  });

  it("fails when the parent's run was not finished", async () => {
    const { verdict } = await against(rightBut(), failing("provider-refused", "case 1"), 10);
    expect(codes(verdict)).toEqual(["incomplete"]);
  });

  it("passes with a note when the parent takes other variables", async () => {
    const text = { type: "string", required: true } as const;
    const other = prompt({ version: 1, template: "{{mood}}", variables: { mood: text } });
    const { verdict } = await evaluated({ definition, parent: { definition: other, provider: rightBut() } });
    expect(verdict.pass).toBe(true);
    expect(verdict.comparison?.cases).toBe(0);
    expect(verdict.notes[0]).toContain("10 cases not compared");
    expect(verdict.notes[0]).toContain('needs a value for "mood"');
  });
});
