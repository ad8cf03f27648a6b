import { texts } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileText, parseTemplate, type TemplatePart, variablesOf } from "./template.ts";

/** What a piece must be read as. */
type Meaning = string | { readonly variable: string } | { readonly include: string };

/** A piece of a template: how it is written, and what it must be read as. */
interface Piece {
  readonly source: string;
  readonly part: Meaning;
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
    fc.tuple(blank, blank, fc.constantFrom("a.b#1", "shared.tone-of-voice#20"), blank).map(
      ([before, between, ref, after]): Piece => ({
        source: `{{${before}>${between}${ref}${after}}}`,
        part: { include: ref },
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
        "{{> a.b}}",
        "{{> a#1}}",
        "{{> a.b#01}}",
        "{{a.b#1}}",
        "{{#if}}",
        "{{ä}}",
        "{{ open\n",
      )
      .map((source): Piece => ({ source, part: source, malformed: true })),
  ),
);

/** Literal neighbours joined, empty ones left out. */
function joined(parts: readonly Meaning[]): readonly Meaning[] {
  const result: Meaning[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string") result[result.length - 1] = last + part;
    else if (part !== "") result.push(part);
  }
  return result;
}

function meaningOf(part: TemplatePart): Meaning {
  if (typeof part === "string") return part;
  return "variable" in part ? { variable: part.variable } : { include: part.include };
}

describe("parseTemplate", () => {
  it("reads what stands side by side each by itself", () => {
    fc.assert(
      fc.property(pieces, (sequence) => {
        const { parts, problems } = parseTemplate(sequence.map(({ source }) => source).join(""));
        expect(parts.map(meaningOf)).toEqual(joined(sequence.map(({ part }) => part)));
        let end = 0;
        const malformedAt: number[] = [];
        const stretches: [offset: number, length: number][] = [];
        for (const { source, part, malformed } of sequence) {
          if (malformed) malformedAt.push(end);
          if (typeof part === "object") stretches.push([end, source.length]);
          end += source.length;
        }
        expect(problems.map(({ offset }) => offset)).toEqual(malformedAt);
        const placed = parts.filter((part) => typeof part === "object");
        expect(placed.map(({ offset, length }) => [offset, length])).toEqual(stretches);
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
    ["{{> shared.tone}}", "{{> shared.tone}} names no exact version of a prompt"],
    ["{{>}}", "{{>}} names no exact version of a prompt"],
  ])("says what is wrong with %s", (source, problem) => {
    expect(parseTemplate(source).problems[0]?.problem).toBe(problem);
  });

  it("names each variable once, in order of first use", () => {
    expect(variablesOf(parseTemplate("{{b}} {{a}} {{> c.d#1}} \\{{c}} {{ b }}").parts)).toEqual(["b", "a"]);
  });
});

describe("compileText", () => {
  it("puts values in as they are, whatever they look like", () => {
    const values = fc.dictionary(name, fc.oneof(texts(), fc.constantFrom("{{x}}", "\\{{", "$&", "<b>&amp;")));
    const whole = pieces.map((all) =>
      all.filter(({ part }) => typeof part === "string" || "variable" in part),
    );
    fc.assert(
      fc.property(whole, values, (sequence, given) => {
        const bound = new Map(Object.entries(given));
        const source = sequence.map(({ source }) => source).join("");
        const expected = sequence.map(({ part }) =>
          typeof part === "object" && "variable" in part ? (bound.get(part.variable) ?? "") : part,
        );
        const fill = compileText("a.b#1", source, [...bound.keys()]);
        for (const _ of ["once", "again"]) expect(fill([...bound.values()])).toBe(expected.join(""));
      }),
    );
  });
});
