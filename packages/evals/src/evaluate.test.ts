import { contentHash, type EvalCase, UserError } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { answerOf, evaluated, inputs, prompt, providerOf, rightBut, suiteOf } from "./fixtures.ts";
import { keywordProvider } from "./providers/keyword.ts";
import { replayAnswers } from "./providers/recorded.ts";
import type { Progress } from "./run.ts";
import { suiteHash } from "./suite-hash.ts";

const text = { type: "string", required: true } as const;

describe("a run", () => {
  it("has each case's result in the suite's order, and the totals", async () => {
    const provider = providerOf(async ({ input }) => {
      // The later, the sooner done.
      for (let turns = 20 - Number(input.slice(5)); turns > 0; turns--) await Promise.resolve();
      return answerOf(input === "case 3" ? "wrong" : input, { latencyMs: 10 * Number(input.slice(5)) });
    });
    const suite = suiteOf(inputs(10));
    const { run } = await evaluated({ provider, suite });
    expect(run.cases.map(({ place, pass }) => [place, pass])).toEqual(
      inputs(10).map((_, at) => [at + 1, at !== 2]),
    );
    expect(run).toMatchObject({
      promptId: "support.intent",
      version: 2,
      contentHash: contentHash(prompt()),
      suiteHash: suiteHash(suite),
      promptModel: "sonnet",
      provider: { name: "anthropic", model: "claude", mode: "live" },
      size: 10,
      totals: {
        passed: 9,
        accuracy: 0.9,
        usage: { inputTokens: 100, outputTokens: 20, costUsd: 0.1, spentUsd: 0.1 },
        latencyMs: { p50: 50, p95: 100 },
      },
    });
    expect(run.stop).toBeUndefined();
  });

  it("asks what the prompt and the case make of it", async () => {
    const asked: unknown[] = [];
    const provider = providerOf((question) => {
      asked.push(question);
      return answerOf("x");
    });
    const definition = prompt({ template: "Say {{input}}", parameters: { temperature: 0 } });
    await evaluated({ definition, provider, suite: suiteOf(["x"], { repeats: 2 }) });
    const question = {
      messages: [{ role: "user", content: "Say x" }],
      parameters: { temperature: 0 },
      input: "x",
    };
    expect(asked).toEqual([
      { ...question, repeat: 0 },
      { ...question, repeat: 1 },
    ]);
  });

  it("has as many cases under way as the suite says, and no more", async () => {
    let underWay = 0;
    let most = 0;
    const provider = providerOf(async ({ input }) => {
      most = Math.max(most, ++underWay);
      for (let turns = 0; turns < 5; turns++) await Promise.resolve();
      underWay--;
      return answerOf(input);
    });
    await evaluated({ provider, suite: suiteOf(inputs(20), { concurrency: 3 }) });
    expect(most).toBe(3);
  });

  it("tells how far it is after each case", async () => {
    const told: Progress[] = [];
    await evaluated({
      provider: rightBut("case 2"),
      suite: suiteOf(inputs(3), { concurrency: 1 }),
      onProgress: (progress) => told.push(progress),
    });
    expect(told.map(({ done, passed }) => [done, passed])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
    expect(told[0]).toMatchObject({ ref: "support.intent#2", size: 3, spentUsd: 0.01 });
  });

  it("does not go on when who listens fails", async () => {
    const onProgress = () => {
      throw new Error("broken pipe");
    };
    await expect(evaluated({ onProgress })).rejects.toThrow("broken pipe");
  });

  it.each([
    [3, 2, true],
    [3, 1, false],
    [4, 2, false],
    [4, 3, true],
    [1, 1, true],
  ])("of %i repeats with %i right passes a case: %s", async (repeats, right, pass) => {
    const provider = providerOf(({ input, repeat }) => answerOf(repeat < right ? input : "wrong"));
    const { run } = await evaluated({ provider, suite: suiteOf(["x"], { repeats }) });
    expect(run.cases[0]).toMatchObject({ pass, score: right / repeats });
    expect(run.cases[0]?.attempts).toHaveLength(repeats);
    expect(run.cases[0]?.answer).toBe(pass ? "x" : "wrong");
  });

  it("fails the cases that go wrong, with the reason, and goes on", async () => {
    const provider = providerOf(({ input }) => {
      if (input === "case 2") throw new TypeError("boom");
      return answerOf(input);
    });
    const cases: EvalCase[] = [
      { input: "case 1", expected: ["no text"], tags: [] },
      { input: "case 2", expected: "case 2", tags: [] },
      { input: "case 3", expected: "case 3", variables: { mood: "bad" }, tags: [] },
      { input: "case 4", expected: "case 4", tags: ["last"] },
    ];
    const { run } = await evaluated({ provider, suite: suiteOf([], { cases }) });
    expect(run.cases.map(({ pass, error }) => [pass, error?.code])).toEqual([
      [false, "wrong-expected"],
      [false, "internal"],
      [false, "unexpected-variable"],
      [true, undefined],
    ]);
    expect(run.cases[0]?.reason).toContain("needs a text, and the case expects a list");
    expect(run.cases[1]?.reason).toBe("boom");
    expect(run.cases[3]?.tags).toEqual(["last"]);
    // Nothing was asked, or paid, for the first and the third.
    expect(run.totals.usage.costUsd).toBe(0.01);
  });

  it.each([
    ["right right error", true, undefined],
    ["right error error", false, "internal"],
    ["wrong right error", false, "internal"],
    ["wrong wrong error", false, undefined],
  ])("with %s passes a case: %s, error: %s", async (said, pass, code) => {
    const provider = providerOf(({ input, repeat }) => {
      const word = said.split(" ")[repeat];
      if (word === "error") throw new Error("boom");
      return answerOf(word === "right" ? input : "wrong");
    });
    const { run } = await evaluated({ provider, suite: suiteOf(["x"], { repeats: 3 }) });
    expect(run.cases[0]).toMatchObject({ pass });
    expect(run.cases[0]?.error?.code).toBe(code);
  });

  it("keeps each warning once", async () => {
    const provider = providerOf(({ input }) => answerOf(input, { warnings: ["seed: left out"] }));
    expect((await evaluated({ provider })).run.warnings).toEqual(["seed: left out"]);
  });

  it("counts what judging took", async () => {
    const definition = prompt({
      id: "a.judge",
      version: 1,
      template: "{{answer}}",
      variables: { answer: text },
    });
    const judge = {
      definition,
      provider: providerOf(() => answerOf('{"score": 1}', { costUsd: 0.5, inputTokens: 7 })),
    };
    const suite = suiteOf(["x"], { grader: { type: "judge", prompt: "a.judge#1", atLeast: 0.5 } });
    const { run } = await evaluated({ suite, judge });
    expect(run.totals.usage).toEqual({ inputTokens: 17, outputTokens: 4, costUsd: 0.51, spentUsd: 0.51 });
    expect(run.totals.latencyMs).toEqual({ p50: 100, p95: 100 });
  });

  it("does not know its cost when one price is not known", async () => {
    const provider = providerOf(({ input }) =>
      answerOf(input, { costUsd: input === "case 2" ? null : 0.01 }),
    );
    const { run } = await evaluated({ provider, suite: suiteOf(inputs(3)) });
    expect(run.totals.usage).toMatchObject({ costUsd: null, spentUsd: 0.02 });
  });
});

describe("a run that ends early", () => {
  it("has what was done when it is interrupted, and does not pass", async () => {
    const abort = new AbortController();
    const provider = providerOf(({ input }, signal) => {
      if (input === "case 6") abort.abort();
      signal.throwIfAborted();
      return answerOf(input);
    });
    const suite = suiteOf(inputs(10), { concurrency: 1 });
    const { run, parent, verdict } = await evaluated({
      provider,
      suite,
      signal: abort.signal,
      parent: { definition: prompt({ version: 1 }), provider },
    });
    expect(run.cases.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5]);
    expect(run.stop?.code).toBe("interrupted");
    expect(parent).toBeUndefined();
    expect(verdict.shortfalls.map(({ code }) => code)).toEqual(["incomplete"]);
  });

  it("lets a signal through between answers that come at once", async () => {
    const provider = keywordProvider({ labels: {}, fallback: "x" });
    const suite = suiteOf(inputs(5000));
    const abort = new AbortController();
    setImmediate(() => abort.abort());
    const { run } = await evaluated({ provider, suite, signal: abort.signal });
    expect(run.stop?.code).toBe("interrupted");
    expect(run.cases.length).toBeLessThan(5000);
  });

  it("stops asking when the provider refuses", async () => {
    let asked = 0;
    const provider = providerOf(() => {
      asked++;
      throw new UserError("provider-refused", "anthropic refuses calls", { hint: "Check the key." });
    });
    const { run, verdict } = await evaluated({ provider, suite: suiteOf(inputs(100), { concurrency: 2 }) });
    expect(asked).toBeLessThanOrEqual(2);
    expect(run.stop).toEqual({ code: "refused", message: "anthropic refuses calls. Check the key." });
    expect(verdict.pass).toBe(false);
  });

  it.each([
    [0.05, 5],
    [0.055, 5],
    [0.3, 30],
    [0.0001, 1],
    [0, 0],
  ])("with $%d to spend and cents for cases does %i", async (maxCostUsd, done) => {
    const { run, verdict } = await evaluated({ maxCostUsd, suite: suiteOf(inputs(40)) });
    expect(run.cases).toHaveLength(done);
    expect(run.stop?.code).toBe("max-cost");
    expect(verdict.pass).toBe(false);
  });

  it("never has more under way than could be paid if each were as dear as the dearest", async () => {
    let spent = 0;
    const provider = providerOf(async ({ input }) => {
      const costUsd = Number(input);
      for (let turns = 0; turns < 3; turns++) await Promise.resolve();
      spent += costUsd;
      return answerOf(input, { costUsd });
    });
    const suite = suiteOf(["0.04", ...Array.from({ length: 50 }, (_, at) => `0.0${(at % 4) + 1}`)], {
      concurrency: 10,
    });
    const { run } = await evaluated({ provider, suite, maxCostUsd: 0.5 });
    expect(spent).toBeLessThanOrEqual(0.5 + 1e-9);
    expect(spent).toBeGreaterThan(0.46 - 1e-9);
    expect(run.totals.usage.spentUsd).toBeCloseTo(spent, 12);
  });

  it("shares its money with the parent's run", async () => {
    const parent = { definition: prompt({ version: 1 }), provider: rightBut() };
    const result = await evaluated({ maxCostUsd: 0.15, parent });
    expect(result.run.stop).toBeUndefined();
    expect(result.parent?.cases).toHaveLength(5);
    expect(result.verdict.shortfalls.map(({ code }) => code)).toEqual(["incomplete"]);
  });

  it("cannot keep to a limit without a price", async () => {
    const provider = providerOf(() => answerOf("x"), { priced: false });
    await expect(evaluated({ provider, maxCostUsd: 1 })).rejects.toMatchObject({ code: "no-price" });
    await expect(
      evaluated({ provider: { ...provider, mode: "recorded" }, maxCostUsd: 0 }),
    ).resolves.toBeDefined();
  });
});

describe("a run against recordings", () => {
  it("fails every case that was not recorded", async () => {
    const nothing = { read: async () => undefined, write: async () => {} };
    const model = { provider: "anthropic", id: "claude" } as const;
    const { run, verdict } = await evaluated({ provider: replayAnswers(model, nothing, "support.intent") });
    expect(run.totals.passed).toBe(0);
    expect(run.cases[0]?.reason).toContain("promptops eval --record support.intent");
    expect(verdict.notes.join()).toContain("10 cases without a grade");
  });
});

describe("a run of the parent", () => {
  it("gets the same cases, without the variables that it does not know, and the same measure", async () => {
    const schema = { const: "x" };
    const definition = prompt({ template: "{{tone}}", variables: { tone: text }, output: schema });
    const suite = suiteOf([], {
      grader: { type: "json_schema" },
      variables: { tone: "warm" },
      cases: [{ input: "x", tags: [] }],
    });
    const provider = providerOf(() => answerOf('"x"'));
    const former = { definition: prompt({ version: 1 }), provider };
    const { run, parent } = await evaluated({ definition, suite, provider, parent: former });
    expect(parent).toMatchObject({ version: 1, suiteHash: run.suiteHash, totals: { passed: 1 } });
  });
});
