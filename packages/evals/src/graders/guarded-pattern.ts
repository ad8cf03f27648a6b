import { type Context, createContext, Script } from "node:vm";
import { UserError } from "@promptops/core/domain";

/** Far beyond what any sound pattern takes, even on a machine that is busy. */
const LIMIT_MS = 1000;

/** Steps that take well under a second, and so need no guard: the guard costs about half a millisecond. */
const HARMLESS_STEPS = 10_000_000;

const TEST = new Script("pattern.test(text)");
let context: Context | undefined;

/**
 * Tests texts against a pattern that somebody wrote in a file, and that may need ages on some answer (`(a+)+$`):
 * it is stopped after a second.
 *
 * @returns a test that throws UserError `slow-pattern` for the text that took too long, and for every text after it.
 */
export function guardedPattern(pattern: RegExp): (text: string) => boolean {
  const stepsFor = mostSteps(pattern.source);
  let slow = false;
  return (text) => {
    if (slow) throw tooSlow(pattern);
    pattern.lastIndex = 0;
    if (stepsFor(text.length) <= HARMLESS_STEPS) return pattern.test(text);
    try {
      return testWithin(LIMIT_MS, pattern, text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      slow = true;
      throw tooSlow(pattern);
    }
  };
}

/**
 * A bound on the steps that matching takes for a text's length n, far too high as a rule but never too low: from each
 * of n places, every way to choose among alternatives and among n lengths of each repetition, each n steps long.
 * Where a group is repeated there is no such bound.
 */
function mostSteps(source: string): (length: number) => number {
  const count = (characters: RegExp) => source.match(characters)?.length ?? 0;
  if (/\)[*+?{]/.test(source)) return () => Number.POSITIVE_INFINITY;
  const repetitions = count(/[*+?{]/g);
  const choices = (count(/\|/g) + 1) ** (count(/\(/g) + 1);
  return (length) => (length + 1) ** (repetitions + 2) * choices;
}

/** Only code that runs in a context of its own can be stopped. One serves all patterns: making it takes a while. */
function testWithin(timeout: number, pattern: RegExp, text: string): boolean {
  context ??= createContext();
  Object.assign(context, { pattern, text });
  return TEST.runInContext(context, { timeout }) as boolean;
}

function tooSlow(pattern: RegExp): UserError {
  return new UserError("slow-pattern", `the pattern ${pattern} took over ${LIMIT_MS / 1000} s on an answer`, {
    hint: "A repetition inside a repetition is the usual cause: write (a+)+ as a+.",
  });
}
