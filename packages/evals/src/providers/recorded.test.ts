import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerOf, providerOf } from "../fixtures.ts";
import { type Recording, type Recordings, recordingKey } from "../recordings/recording.ts";
import type { Question } from "./provider.ts";
import { recordAnswers, replayAnswers } from "./recorded.ts";

const model = { provider: "anthropic", id: "claude", price: { input: 3, output: 15 } } as const;
const signal = new AbortController().signal;
const question: Question = {
  messages: [{ role: "user", content: "Where is it?" }],
  parameters: { temperature: 0 },
  input: "Where is it?",
  repeat: 0,
};

function inMemory(): Recordings & { readonly kept: Map<string, Recording> } {
  const kept = new Map<string, Recording>();
  return {
    kept,
    read: async (key) => kept.get(key),
    write: async (key, recording) => {
      kept.set(key, recording);
    },
  };
}

describe("recordings", () => {
  it("are replayed as they were answered, at the prices of the day", async () => {
    const recordings = inMemory();
    const answer = answerOf("On its way.", { warnings: ["seed: left out"], costUsd: 99 });
    const recorder = recordAnswers(
      model,
      providerOf(() => answer),
      recordings,
    );
    expect(recorder.mode).toBe("live");
    expect(await recorder.ask(question, signal)).toEqual(answer);
    const replay = replayAnswers(model, recordings, "a.b");
    expect(replay.mode).toBe("recorded");
    expect(await replay.ask(question, signal)).toEqual({ ...answer, costUsd: (10 * 3 + 2 * 15) / 1e6 });
    const { price: _, ...unpriced } = model;
    expect(await replayAnswers(unpriced, recordings, "a.b").ask(question, signal)).toMatchObject({
      costUsd: null,
    });
  });

  it("hold what was asked, for who reads them", async () => {
    const recordings = inMemory();
    await recordAnswers(
      model,
      providerOf(() => answerOf("Soon.")),
      recordings,
    ).ask(question, signal);
    expect([...recordings.kept.values()]).toEqual([
      {
        provider: "anthropic",
        model: "claude",
        input: "Where is it?",
        repeat: 0,
        text: "Soon.",
        inputTokens: 10,
        outputTokens: 2,
        latencyMs: 100,
        warnings: [],
      },
    ]);
  });

  it("that are missing fail, and say how to make them", async () => {
    const asked = replayAnswers(model, inMemory(), "support.intent").ask(question, signal);
    await expect(asked).rejects.toMatchObject({
      code: "missing-recording",
      hint: expect.stringContaining("promptops eval --record support.intent"),
    });
  });

  it("are not made of a call that failed", async () => {
    const recordings = inMemory();
    const failing = providerOf(() => {
      throw new Error("no");
    });
    await expect(recordAnswers(model, failing, recordings).ask(question, signal)).rejects.toThrow("no");
    expect(recordings.kept.size).toBe(0);
  });

  it.each<readonly [string, Partial<Question>, Partial<typeof model>]>([
    ["messages", { messages: [{ role: "system", content: "Where is it?" }] }, {}],
    ["parameters", { parameters: { temperature: 1 } }, {}],
    ["input", { input: "where is it?" }, {}],
    ["repeat", { repeat: 1 }, {}],
    ["model", {}, { id: "claude-2" as "claude" }],
    ["provider", {}, { provider: "bedrock" as "anthropic" }],
  ])("have another key for another %s", (_, changes, modelChanges) => {
    const key = recordingKey(model, question);
    expect(recordingKey({ ...model, ...modelChanges }, { ...question, ...changes })).not.toBe(key);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  it("have a key that does not depend on prices, or on the order of parameters", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (parameters) => {
        const turned = Object.fromEntries(Object.entries(parameters).reverse());
        const { price: _, ...unpriced } = model;
        expect(recordingKey(unpriced, { ...question, parameters: turned })).toBe(
          recordingKey(model, { ...question, parameters }),
        );
      }),
    );
  });
});
