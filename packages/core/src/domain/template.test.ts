import { texts } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTemplate, renderParts, type TemplatePart, variablesOf } from "./template.ts";

/** A piece of a template: how it is written, and what it must be read as. */
interface Piece {
  readonly source: string;
  readonly part: TemplatePart;
  readonly malformed: boolean;
}

const text = (source: string): Piece => ({ source, part: source, malformed: false });
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const blank = fc.stringMatching(/^[ \t]{0,2}$/);

const pieces = fc.array(
  fc.oneof(
    texts().map((any) => text(any.replaceAll(/[{\\]/g, ""))),
    fc.constantFrom("{ a }", "}}", "\\n", '{"json": 1}', "\\{ ", "\n").map(text),
    fc.constant<Piece>({ source: "\\{{", part: "{{", malformed: false }),
    fc.tuple(blank, name, blank).map(
      ([before, variable, after]): Piece => ({
        source: `{{${before}${variable}${after}}}`,
        part: { variable },
        malformed: false,
      }),
    ),
    fc
      .constantFrom(
        "{{}}",
        "{{ }}",
        "{{a b}}",
        "{{1a}}",
        "{{a.b}}",
        "{{> a.b#1}}",
        "{{#if}}",
        "{{ä}}",
        "{{ open\n",
      )
      .map((source): Piece => ({ source, part: source, malformed: true })),
  ),
);

/** Literal neighbours joined, empty ones left out. */
function joined(parts: readonly TemplatePart[]): readonly TemplatePart[] {
  const result: TemplatePart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string") result[result.length - 1] = last + part;
    else if (part !== "") result.push(part);
  }
  return result;
}

describe("parseTemplate", () => {
  it("reads what stands side by side each by itself", () => {
    fc.assert(
      fc.property(pieces, (sequence) => {
        const { parts, problems } = parseTemplate(sequence.map(({ source }) => source).join(""));
        expect(parts).toEqual(joined(sequence.map(({ part }) => part)));
        let end = 0;
        const expected: number[] = [];
        for (const { source, malformed } of sequence) {
          if (malformed) expected.push(end);
          end += source.length;
        }
        expect(problems.map(({ offset }) => offset)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("points into the text with every problem, in order and without overlap", () => {
    const nearly = fc.string({ unit: fc.constantFrom("{", "}", "\\", "a", " ", "\n", "{{", "😀") });
    fc.assert(
      fc.property(nearly, (source) => {
        let end = 0;
        for (const { offset, length, problem, hint } of parseTemplate(source).problems) {
          expect(offset).toBeGreaterThanOrEqual(end);
          end = offset + length;
          expect(end).toBeLessThanOrEqual(source.length);
          expect(source.slice(offset, end)).toMatch(/^\{\{/);
          expect(problem && hint).not.toBe("");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("reads any text as itself once its double braces are escaped", () => {
    const any = fc.oneof(texts(), fc.string({ unit: fc.constantFrom("{", "}", "\\", "x") }));
    fc.assert(
      fc.property(any, (source) => {
        const { parts, problems } = parseTemplate(source.replaceAll("{{", "\\{{"));
        expect(parts).toEqual(source === "" ? [] : [source]);
        expect(problems).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["{{name}", "{{ is never closed"],
    ["{{a b}}", "{{a b}} is not a variable"],
    ["{{{name}}}", "{{ is never closed"],
  ])("says what is wrong with %s", (source, problem) => {
    expect(parseTemplate(source).problems[0]?.problem).toBe(problem);
  });

  it("names each variable once, in order of first use", () => {
    expect(variablesOf(parseTemplate("{{b}} {{a}} \\{{c}} {{ b }}").parts)).toEqual(["b", "a"]);
  });
});

describe("renderParts", () => {
  it("puts values in as they are, whatever they look like", () => {
    const values = fc.dictionary(name, fc.oneof(texts(), fc.constantFrom("{{x}}", "\\{{", "$&", "<b>&amp;")));
    fc.assert(
      fc.property(pieces, values, (sequence, given) => {
        const bound = new Map(Object.entries(given));
        const { parts } = parseTemplate(sequence.map(({ source }) => source).join(""));
        const expected = sequence.map(({ part }) =>
          typeof part === "string" ? part : (bound.get(part.variable) ?? ""),
        );
        expect(renderParts(parts, bound)).toBe(expected.join(""));
      }),
    );
  });
});
