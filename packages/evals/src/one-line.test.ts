import fc from "fast-check";
import { expect, it } from "vitest";
import { oneLine } from "./one-line.ts";
import { anyText } from "./reports/samples.ts";

it.each([
  ["a  b\n\tc ", "a b c"],
  ["\u001b[31mred\u0007", "\ufffd[31mred\ufffd"],
  ["x".repeat(12), "xxxxxxxxx…"],
  ["😀".repeat(12), `${"😀".repeat(9)}…`],
  [" ".repeat(500), "…"],
])("%j becomes %j", (text, line) => {
  expect(oneLine(text, 10)).toBe(line);
});

it("is one line of no more characters than asked for, without anything to act on", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 30 }), (text, max) => {
      const line = oneLine(text, max);
      expect([...line].length).toBeLessThanOrEqual(max);
      expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u202e]/u);
    }),
  );
});
