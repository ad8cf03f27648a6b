import type { EvalCase, PromptDefinition, Suite } from "@promptops/core/domain";
import type { Answer } from "@promptops/models";
import { type EvaluateOptions, evaluate, type SuiteResult } from "./evaluate.ts";
import type { Provider, Question } from "./providers/provider.ts";

/** For tests: a prompt, changed as the test needs it. */
export function prompt(changes: Partial<PromptDefinition> = {}): PromptDefinition {
  return {
    id: "support.intent",
    version: 2,
    owner: "team",
    model: "sonnet",
    tags: [],
    template: "Name the intent.",
    ...changes,
  };
}

/** For tests: a suite of cases that each want their own input back, changed as the test needs it. */
export function suiteOf(inputs: readonly string[], changes: Partial<Suite> = {}): Suite {
  return {
    promptId: "support.intent",
    grader: { type: "exact" },
    variables: {},
    repeats: 1,
    concurrency: 4,
    cases: inputs.map((input): EvalCase => ({ input, expected: input, tags: [] })),
    ...changes,
  };
}

/** For tests: what a provider says, with what it costs. */
export function answerOf(text: string, changes: Partial<Answer> = {}): Answer {
  return { text, inputTokens: 10, outputTokens: 2, costUsd: 0.01, latencyMs: 100, warnings: [], ...changes };
}

/** For tests: a live provider that answers as the test says. */
export function providerOf(
  ask: (question: Question, signal: AbortSignal) => Answer | Promise<Answer>,
  changes: Partial<Provider> = {},
): Provider {
  return {
    name: "anthropic",
    model: "claude",
    mode: "live",
    priced: true,
    ask: async (question, signal) => ask(question, signal),
    ...changes,
  };
}

/** For tests: a provider that is right but for the inputs named. */
export function rightBut(...wrong: readonly string[]): Provider {
  return providerOf(({ input }) => answerOf(wrong.includes(input) ? "wrong" : input));
}

/** For tests: `count` inputs, `case 1` and so on. */
export function inputs(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `case ${at + 1}`);
}

/** For tests: an evaluation of {@link prompt} by {@link suiteOf} ten inputs, changed as the test needs it. */
export function evaluated(changes: Partial<EvaluateOptions> = {}): Promise<SuiteResult> {
  return evaluate({ definition: prompt(), suite: suiteOf(inputs(10)), provider: rightBut(), ...changes });
}
