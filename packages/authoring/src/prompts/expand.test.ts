import { parseTemplate, type TemplatePart } from "@promptops/core/domain";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expand } from "./expand.ts";

const LIBRARY = ["a.a#1", "a.b#1", "a.c#1"];

/** Mostly what could go wrong where two texts meet. */
const bits = ["x", " ", "\n", "{", "{", "}", "}}", "\\", "\\", "\\{{", "{{one}}", "{{ two }}"];
const sound = (text: string) => text !== "" && parseTemplate(text).problems.length === 0;
const plain = fc.array(fc.constantFrom(...bits), { maxLength: 8 }).map((all) => all.join(""));
const including = fc
  .array(fc.constantFrom(...bits, ...LIBRARY.map((ref) => `{{> ${ref}}}`)), { minLength: 1, maxLength: 10 })
  .map((all) => all.join(""));
const texts = fc.tuple(including.filter(sound), fc.tuple(...LIBRARY.map(() => plain.filter(sound))));

/** What the parts mean one by one. */
function meaning(parts: readonly TemplatePart[], textOf: (ref: string) => string): readonly TemplatePart[] {
  return parts.flatMap((part) =>
    typeof part === "object" && "include" in part
      ? meaning(parseTemplate(textOf(part.include)).parts, textOf)
      : [part],
  );
}

function rendered(parts: readonly TemplatePart[]): string {
  return parts
    .map((part) => (typeof part === "string" ? part : "variable" in part ? `<${part.variable}>` : "?"))
    .join("");
}

/** Whether there is a way to write this literal text that leaves a variable after it one: of all places to cut it. */
function canPrecedeVariable(literal: string): boolean {
  const escaped = (text: string) => text.replaceAll("{{", "\\{{");
  return Array.from({ length: literal.length + 1 }, (_, cut) => cut).some((cut) => {
    const written = escaped(literal.slice(0, cut)) + escaped(literal.slice(cut));
    const { parts, problems } = parseTemplate(`${written}{{x}}`);
    return problems.length === 0 && rendered(parts) === `${literal}<x>`;
  });
}

function everyVariableCanStand(parts: readonly TemplatePart[]): boolean {
  let literal = "";
  for (const part of parts) {
    if (typeof part === "string") literal += part;
    else {
      if (!canPrecedeVariable(literal)) return false;
      literal = "";
    }
  }
  return true;
}

describe("expand", () => {
  it("gives a text that renders as its parts do one by one, or says why there is none", () => {
    let refused = 0;
    let runs = 0;
    fc.assert(
      fc.property(texts, ([text, library]) => {
        const textOf = (ref: string) => library[LIBRARY.indexOf(ref)] ?? "";
        const { parts } = parseTemplate(text);
        const expected = meaning(parts, textOf);
        const expansion = expand(text, parts, textOf);
        runs += 1;
        if ("problem" in expansion) {
          refused += 1;
          expect(expansion.problem.code).toBe("include-refused");
          expect(everyVariableCanStand(expected)).toBe(false);
        } else {
          const again = parseTemplate(expansion.text);
          expect(again.problems).toEqual([]);
          expect(rendered(again.parts)).toBe(rendered(expected));
        }
      }),
      { numRuns: 3_000 },
    );
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(runs / 2);
  });

  it.each([
    ["keeps escapes", "a {{> a.a#1}}", 'JSON: \\{{"x": 1}}', 'a JSON: \\{{"x": 1}}'],
    ["keeps variables as they are written", "{{> a.a#1}}{{ b }}", "{{  a }}", "{{  a }}{{ b }}"],
    ["escapes braces that meet", "{{> a.a#1}}{x}}", "{", "\\{{x}}"],
    ["lets a variable follow three braces", "{{> a.a#1}}{{x}}", "{\\{{", "{\\{{{{x}}"],
    ["keeps the last line break", "{{> a.a#1}}\nend", "one\n", "one\n\nend"],
  ])("%s", (_, text, included, expected) => {
    expect(expand(text, parseTemplate(text).parts, () => included)).toEqual({ text: expected });
  });

  it.each(["ends in \\", "ends in {"])("refuses a text that %s before a variable", (included) => {
    const text = "a {{> a.a#1}}{{name}}";
    const expansion = expand(text, parseTemplate(text).parts, () => included);
    expect(expansion).toMatchObject({
      at: { include: "a.a#1", offset: 2, length: 11 },
      problem: { code: "include-refused" },
    });
  });

  it("stops before a text grows beyond the largest prompt", () => {
    const text = "{{> a.a#1}}".repeat(10_000);
    let asked = 0;
    const expansion = expand(text, parseTemplate(text).parts, () => {
      asked += 1;
      return "x".repeat(16_000_000);
    });
    expect(expansion).toMatchObject({ at: { offset: 22 }, problem: { code: "include-refused" } });
    expect(asked).toBe(3);
  });
});
