import { UserError } from "@promptops/core/domain";
import leven from "leven";
import { expectedText } from "./expected.ts";
import { type Grade, type Grader, quoted } from "./grader.ts";

/** Under a second's work. */
const MAX_COMPARISONS = 100_000_000;

/**
 * The answer is close to the expected text: 1 minus the share of characters that must be changed, put in or taken
 * out (Levenshtein distance over the longer length, both trimmed), is at least `atLeast`.
 */
export function editDistance(atLeast: number): Grader {
  return (expected) => {
    const wanted = expectedText("edit_distance", expected).trim();
    return (answer) => grade(wanted, answer.trim(), atLeast);
  };
}

function grade(wanted: string, answer: string, atLeast: number): Grade {
  if (wanted.length * answer.length > MAX_COMPARISONS) {
    throw new UserError(
      "answer-too-long",
      `an answer of ${answer.length} characters is too long to compare`,
      {
        hint: "Use another grader for long texts: contains, regex or judge.",
      },
    );
  }
  const longer = Math.max(wanted.length, answer.length);
  const score = longer === 0 ? 1 : 1 - leven(wanted, answer) / longer;
  const pass = score >= atLeast - 1e-12;
  const far = `similarity ${score.toFixed(3)}, at least ${atLeast} is asked`;
  return { pass, score, reason: pass ? far : `${far}: expected ${quoted(wanted)}, got ${quoted(answer)}` };
}
