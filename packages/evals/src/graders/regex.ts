import { UserError } from "@promptops/core/domain";
import { expectedWords } from "./expected.ts";
import { type Grader, rightOrWrong } from "./grader.ts";
import { guardedPattern } from "./guarded-pattern.ts";

/** A JavaScript pattern, the suite's or else the one that the case expects, is found in the trimmed answer. */
export function regex(pattern?: string, flags = ""): Grader {
  const shared = pattern === undefined ? undefined : compile(pattern, flags);
  return (expected) => {
    const { matches, inWords } = shared ?? compile(expectedWords("regex", expected), flags);
    return (answer) => rightOrWrong(matches(answer.trim()), inWords, answer);
  };
}

function compile(source: string, flags: string) {
  try {
    const pattern = new RegExp(source, flags);
    return { matches: guardedPattern(pattern), inWords: `a text that matches ${pattern}` };
  } catch (error) {
    throw new UserError("bad-pattern", (error as Error).message, {
      hint: "Patterns are those of JavaScript. In YAML, write them in single quotes: '^\\d+$'.",
      cause: error,
    });
  }
}
