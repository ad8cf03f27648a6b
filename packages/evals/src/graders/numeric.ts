import { wrongExpected } from "./expected.ts";
import { type Grader, rightOrWrong } from "./grader.ts";

/** A number as programs and people write it: digits, with commas between groups of three if at all. */
const NUMBER = /^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * The answer is a number, and nothing but one, that differs from the expected by no more than `absolute`, or by no more
 * than `relative` times the expected, whichever allows more. With neither it must be equal.
 */
export function numeric(absolute = 0, relative = 0): Grader {
  return (expected) => {
    const wanted = typeof expected === "string" ? numberIn(expected) : expected;
    if (typeof wanted !== "number") throw wrongExpected("numeric", "a number", expected);
    const allowed = Math.max(absolute, relative * Math.abs(wanted));
    const inWords = allowed === 0 ? `${wanted}` : `${wanted} give or take ${Number(allowed.toPrecision(6))}`;
    return (answer) => {
      const number = numberIn(answer);
      return rightOrWrong(number !== undefined && isWithin(number, wanted, allowed), inWords, answer);
    };
  };
}

function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/\d/.test(trimmed) || !NUMBER.test(trimmed)) return undefined;
  const number = Number(trimmed.replaceAll(",", ""));
  return Number.isFinite(number) ? number : undefined;
}

/** Decimal fractions are rounded in binary: 1.1 differs from 1 by a little more than 0.1, and must not fail for it. */
function isWithin(number: number, wanted: number, allowed: number): boolean {
  const rounding = 4 * Number.EPSILON * Math.max(Math.abs(number), Math.abs(wanted));
  return Math.abs(number - wanted) <= allowed + rounding;
}
