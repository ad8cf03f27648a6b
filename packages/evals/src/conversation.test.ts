import type { EvalCase } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { prepareConversation, suiteFor } from "./conversation.ts";
import { prompt, suiteOf } from "./fixtures.ts";

const text = { type: "string", required: true } as const;

function conversation(
  changes: Parameters<typeof prompt>[0],
  evalCase: Partial<EvalCase> = {},
  variables: Record<string, string | number> = {},
) {
  return prepareConversation(
    prompt(changes),
    suiteOf([], { variables }),
  )({ input: "Where is my parcel?", tags: [], ...evalCase });
}

describe("what a model gets", () => {
  it("is the template as system prompt and the input as user message", () => {
    expect(conversation({ template: "Name the intent." })).toEqual([
      { role: "system", content: "Name the intent." },
      { role: "user", content: "Where is my parcel?" },
    ]);
  });

  it("is one user message where the template uses the input", () => {
    const template = "Classify {{input}} and again {{ input }}, not \\{{input}}.";
    const content = "Classify Where is my parcel? and again Where is my parcel?, not {{input}}.";
    expect(conversation({ template })).toEqual([{ role: "user", content }]);
    expect(conversation({ template, variables: { input: text } })).toEqual([{ role: "user", content }]);
  });

  it("is the messages as they are written, with or without the input", () => {
    const messages = [
      { role: "system", content: "Speak {{language}}." },
      { role: "user", content: "Say: {{input}}" },
      { role: "assistant", content: "I say:" },
    ] as const;
    const { template: _, ...rest } = prompt();
    const definition = { ...rest, messages, variables: { language: text } };
    const ask = prepareConversation(definition, suiteOf([], { variables: { language: "Greek" } }));
    expect(ask({ input: "x", tags: [] }).map(({ content }) => content)).toEqual([
      "Speak Greek.",
      "Say: x",
      "I say:",
    ]);
    const fixed = {
      ...definition,
      messages: [{ role: "user", content: "Tell a joke in {{language}}." }],
    } as const;
    expect(
      prepareConversation(fixed, suiteOf([], { variables: { language: "Greek" } }))({ input: "x", tags: [] }),
    ).toEqual([{ role: "user", content: "Tell a joke in Greek." }]);
  });

  it("takes values from the case, then from the suite, then defaults", () => {
    const variables = { tone: text, length: text, plan: { ...text, default: "free" } };
    const template = "{{tone}} {{length}} {{plan}}";
    const own = { variables: { tone: "warm" } };
    expect(conversation({ template, variables }, own, { tone: "dry", length: "short" })[0]?.content).toBe(
      "warm short free",
    );
  });

  it("does not mix up cases with values of their own", () => {
    const definition = prompt({ template: "{{tone}}: {{input}}", variables: { tone: text } });
    const ask = prepareConversation(definition, suiteOf([], { variables: { tone: "dry" } }));
    const said = [{ tone: "warm" }, undefined, { tone: "cold" }, undefined].map(
      (variables) => ask({ input: "x", tags: [], ...(variables && { variables }) })[0]?.content,
    );
    expect(said).toEqual(["warm: x", "dry: x", "cold: x", "dry: x"]);
  });

  it("does not expand the input again", () => {
    expect(conversation({ template: "{{input}}!" }, { input: "{{input}} \\{{ $& $1" })).toEqual([
      { role: "user", content: "{{input}} \\{{ $& $1!" },
    ]);
  });

  it.each([
    ["missing-variable", {}, {}],
    ["unexpected-variable", { tone: "warm", mood: "bad" }, {}],
    ["wrong-variable-type", {}, { tone: 3 }],
  ])("is refused with %s", (code, own, shared) => {
    const ask = () =>
      conversation({ template: "{{tone}}", variables: { tone: text } }, { variables: own }, shared);
    expect(ask).toThrow(expect.objectContaining({ code }));
  });
});

describe("a suite for an earlier version", () => {
  it("keeps the values that the version declares", () => {
    const cases = [{ input: "x", tags: [], variables: { tone: "warm", plan: "free" } }];
    const suite = suiteOf([], { variables: { tone: "dry", language: "Greek" }, cases });
    expect(suiteFor(prompt({ variables: { tone: text } }), suite)).toEqual({
      ...suite,
      variables: { tone: "dry" },
      cases: [{ input: "x", tags: [], variables: { tone: "warm" } }],
    });
  });
});
