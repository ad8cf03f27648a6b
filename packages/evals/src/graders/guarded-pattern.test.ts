import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guardedPattern } from "./guarded-pattern.ts";
import { prepareGrader } from "./prepare-grader.ts";

const signal = new AbortController().signal;

describe("a pattern with a guard", () => {
  it("matches as the pattern does", () => {
    const patterns = [/^(a|ab)+$/, /^a*b?c{2}/i, /b/g, /a/y, /(a)\1/, /^(?:a|b)c$/u, /^$/];
    fc.assert(
      fc.property(
        fc.constantFrom(...patterns),
        fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c") })),
        (pattern, texts) => {
          const test = guardedPattern(pattern);
          for (const text of texts) {
            expect(test(text)).toBe(new RegExp(pattern.source, pattern.flags).test(text));
          }
        },
      ),
    );
  });

  it.each([/^(a+)+$/, /^a*a*a*a*a*a*a*a*a*a*$/])("stops %s, and does not start it again", (pattern) => {
    const test = guardedPattern(pattern);
    expect(test("aaa")).toBe(true);
    const trap = `${"a".repeat(200)}b`;
    expect(() => test(trap)).toThrow(expect.objectContaining({ code: "slow-pattern" }));
    expect(() => test("aaa")).toThrow(expect.objectContaining({ code: "slow-pattern" }));
    expect(guardedPattern(/^a+$/)("aaa")).toBe(true);
  });

  it("guards the patterns of a schema too", async () => {
    const schema = { type: "string", pattern: "^(a+)+$" };
    const judgement = (await prepareGrader({ type: "json_schema", schema }, {}, undefined))(undefined, "");
    expect(() => judgement(JSON.stringify(`${"a".repeat(200)}b`), signal)).toThrow(
      expect.objectContaining({ code: "slow-pattern" }),
    );
  });
});
