import type { GraderSpec } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { answerOf, prompt, providerOf } from "../fixtures.ts";
import type { Question } from "../providers/provider.ts";
import type { Judge } from "./judge.ts";
import { prepareGrader } from "./prepare-grader.ts";

const spec: GraderSpec = { type: "judge", prompt: "evals.tone-judge#3", atLeast: 0.7 };
const text = { type: "string", required: true } as const;

const definition = prompt({
  id: "evals.tone-judge",
  version: 3,
  template: "Question: {{input}} Wanted: {{expected}} Answer: {{answer}}",
  variables: { input: text, expected: text, answer: text },
  parameters: { temperature: 0 },
});

function judgeThatSays(verdict: string, asked: Question[] = []): Judge {
  const provider = providerOf((question) => {
    asked.push(question);
    return answerOf(verdict);
  });
  return { definition, provider };
}

async function gradeBy(judge: Judge, answer = "Dear customer") {
  const grader = await prepareGrader(spec, {}, judge);
  return grader("warm", "Where is it?")(answer, new AbortController().signal);
}

describe("the judge", () => {
  it("gets input, expected and answer in its own prompt, and its score decides", async () => {
    const asked: Question[] = [];
    const grade = await gradeBy(judgeThatSays('{"score": 0.7, "reason": "kind\\nenough"}', asked));
    expect(asked).toEqual([
      {
        messages: [{ role: "user", content: "Question: Where is it? Wanted: warm Answer: Dear customer" }],
        parameters: { temperature: 0 },
        input: "Where is it?",
        repeat: 0,
      },
    ]);
    expect(grade).toEqual({
      pass: true,
      score: 0.7,
      reason: "scored 0.7, at least 0.7 is asked: kind enough",
      usage: { inputTokens: 10, outputTokens: 2, costUsd: 0.01, spentUsd: 0.01 },
    });
  });

  it("fails an answer below, and takes its JSON out of a fence", async () => {
    expect(await gradeBy(judgeThatSays('```json\n{"score": 0.69, "reason": ""}\n```'))).toMatchObject({
      pass: false,
      score: 0.69,
    });
  });

  it("takes only the variables that it declares", async () => {
    const asked: Question[] = [];
    const { provider } = judgeThatSays('{"score": 1}', asked);
    const messages = [{ role: "system", content: "Rate: {{answer}}" }] as const;
    const { template: _, ...rest } = definition;
    const judge = { provider, definition: { ...rest, messages, variables: { answer: text } } };
    expect((await gradeBy(judge, "{{input}}")).pass).toBe(true);
    expect(asked[0]?.messages).toEqual([{ role: "system", content: "Rate: {{input}}" }]);
  });

  it.each(["good", '{"score": 1.1}', '{"score": "1"}', "[]", "null", '{"score": -0.1}'])(
    "fails the case when it answers %s, and what that cost counts",
    async (verdict) => {
      const grade = await gradeBy(judgeThatSays(verdict));
      expect(grade).toMatchObject({ pass: false, score: 0, usage: { costUsd: 0.01 } });
      expect(grade.reason).toContain("evals.tone-judge#3 answered no");
    },
  );

  it("must be there, be the pinned version, and look at the answer", async () => {
    const judge = judgeThatSays("");
    const other = { ...judge, definition: { ...definition, version: 4 } };
    const blind = { ...judge, definition: { ...definition, variables: { input: text } } };
    await expect(prepareGrader(spec, {}, undefined)).rejects.toMatchObject({ code: "no-judge" });
    await expect(prepareGrader(spec, {}, other)).rejects.toMatchObject({ code: "other-judge" });
    await expect(prepareGrader(spec, {}, blind)).rejects.toMatchObject({ code: "blind-judge" });
  });
});
