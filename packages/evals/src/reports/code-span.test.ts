import fc from "fast-check";
import { expect, it } from "vitest";
import { codeSpan } from "./code-span.ts";
import { anyText } from "./samples.ts";

it.each([
  ["billing", "`billing`"],
  ["a `b` c", "``a `b` c``"],
  ["`", "`` ` ``"],
  ["``` x", "```` ``` x ````"],
  ["a|b\nc", "`a¦b c`"],
  [" ", "(empty)"],
])("%j becomes %j", (text, span) => {
  expect(codeSpan(text)).toBe(span);
});

it("ends where it should and not before, and breaks no row of a table", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const span = codeSpan(text);
      if (span === "(empty)") return;
      expect(span).not.toMatch(/[\n\r|]/);
      // CommonMark: a code span ends at the next run of as many backticks as it began with.
      const fence = /^`+/.exec(span)?.[0] ?? "";
      const runs = [...span.matchAll(/`+/g)];
      const end = runs.findIndex(([run], at) => at > 0 && run === fence);
      expect(end).toBe(runs.length - 1);
      expect(span.endsWith(fence)).toBe(true);
    }),
  );
});
