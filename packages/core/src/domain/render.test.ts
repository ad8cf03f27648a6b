import { definition } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import type { Values } from "./bind-variables.ts";
import type { Variable } from "./definition.ts";
import { render } from "./render.ts";

const variables: Record<string, Variable> = {
  name: { type: "string", required: true, description: "who is greeted" },
  tone: { type: "string", required: false, default: "kind" },
  note: { type: "string", required: false },
  count: { type: "number", required: false, default: 0 },
  formal: { type: "boolean", required: false, default: false },
};
const prompt = definition({
  id: "sales.greeting",
  version: 3,
  variables,
  template: "{{name}}|{{tone}}|{{note}}|{{count}}|{{formal}}",
});

describe("render", () => {
  it.each<[Values, string]>([
    [{ name: "Ada" }, "Ada|kind||0|false"],
    [{ name: "", tone: "", note: "n", count: -1.5, formal: true }, "||n|-1.5|true"],
    [{ name: "{{tone}} <b>&\\{{" }, "{{tone}} <b>&\\{{|kind||0|false"],
  ])("%j", (values, text) => {
    expect(render(prompt, values)).toEqual({ text });
  });

  it.each<[string, unknown, string, RegExp]>([
    ["missing-variable", {}, "name", /who is greeted/],
    ["unexpected-variable", { name: "Ada", nme: "x" }, "nme", /name, tone, note, count, formal/],
    ["unexpected-variable", { name: "Ada", constructor: "x" }, "constructor", /It takes/],
    ["wrong-variable-type", { name: 1 }, "name", /string/],
    ["wrong-variable-type", { name: "Ada", count: "1" }, "count", /number/],
    ["wrong-variable-type", { name: "Ada", formal: null }, "formal", /boolean/],
  ])("refuses: %s %j", (code, values, variable, hint) => {
    expect(() => render(prompt, values as Values)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining("sales.greeting#3"),
        hint: expect.stringMatching(hint),
        facts: { prompt: "sales.greeting#3", variable },
      }),
    );
  });

  it("says that a prompt takes no variables", () => {
    const { variables: _, ...bare } = definition({ template: "Hello" });
    expect(render(bare)).toEqual({ text: "Hello" });
    expect(() => render(bare, { name: "Ada" })).toThrow(
      expect.objectContaining({ code: "unexpected-variable", hint: "It takes no variables." }),
    );
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("knows a variable named %s", (odd) => {
    const declared = Object.fromEntries([[odd, { type: "string", required: true } as const]]);
    const made = definition({ variables: declared, template: `<{{${odd}}}>` });
    expect(() => render(made)).toThrow(expect.objectContaining({ code: "missing-variable" }));
    expect(render(made, Object.fromEntries([[odd, "v"]]))).toEqual({ text: "<v>" });
  });

  it.each([
    ["a template", { template: "a {{> shared.tone#2}}" }],
    ["a message", { messages: [{ role: "user", content: "{{> shared.tone#2}}" }] as const }],
  ])("refuses %s that still has another prompt's place", (_, texts) => {
    const { variables: _variables, template: _template, ...bare } = definition();
    expect(() => render({ ...bare, id: "sales.greeting", version: 3, ...texts })).toThrow(
      expect.objectContaining({
        code: "unexpanded-include",
        facts: { prompt: "sales.greeting#3", include: "shared.tone#2" },
      }),
    );
  });

  it("renders each message of a conversation", () => {
    const made = definition({
      variables,
      messages: [
        { role: "system", content: "Be {{tone}}. JSON: \\{{}}" },
        { role: "user", content: "I am {{name}}." },
      ],
    });
    expect(render(made, { name: "Ada" })).toEqual({
      messages: [
        { role: "system", content: "Be kind. JSON: {{}}" },
        { role: "user", content: "I am Ada." },
      ],
    });
  });
});
