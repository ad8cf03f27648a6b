import type { PromptDefinition, Suite } from "@promptops/core/domain";
import { evaluate, keywordProvider } from "@promptops/evals";
import { banking77, keywordsFor } from "../banking77.ts";
import { interleave, milliseconds, type Row } from "./measure.ts";

/** The Banking77 test set through the gate with the keyword stand-in, against asking the stand-in and comparing, alone. */
export async function bench(): Promise<readonly Row[]> {
  const messages = banking77();
  if (messages === undefined) return [];
  const keywords = { labels: keywordsFor(messages), fallback: "other" };
  const provider = keywordProvider(keywords);
  const definition: PromptDefinition = {
    id: "bank.intents",
    version: 1,
    owner: "bench",
    model: "none",
    tags: [],
    template: "Answer with the intent of the message.",
  };
  const suite: Suite = {
    promptId: definition.id,
    grader: { type: "exact" },
    variables: {},
    repeats: 1,
    provider: "keyword",
    keywords,
    concurrency: 8,
    cases: messages.map(({ text, category }) => ({ input: text, expected: category, tags: [] })),
  };
  const perSecond = async (work: () => unknown) => messages.length / ((await milliseconds(work)) / 1000);
  const question = { messages: [], parameters: {}, repeat: 0 };
  const { signal } = new AbortController();
  return interleave(
    {
      "evaluate, 3,080 cases": () => perSecond(() => evaluate({ definition, suite, provider })),
      "the stand-in and a comparison alone": () =>
        perSecond(async () => {
          let passed = 0;
          for (const { text, category } of messages) {
            const answer = await provider.ask({ ...question, input: text }, signal);
            if (answer.text.trim() === category) passed += 1;
          }
          return passed;
        }),
    },
    9,
    "cases/s",
  );
}
