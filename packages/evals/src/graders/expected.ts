import { type JsonValue, UserError } from "@promptops/core/domain";

/** What a case expects, as text: numbers, true and false as they are written. */
export function expectedText(grader: string, expected: JsonValue | undefined): string {
  if (typeof expected === "string") return expected;
  if (typeof expected === "number" || typeof expected === "boolean") return String(expected);
  throw wrongExpected(grader, "a text", expected);
}

/** What a case expects, as a text that is not empty: anything at all would hold an empty one. */
export function expectedWords(grader: string, expected: JsonValue | undefined): string {
  const text = expectedText(grader, expected).trim();
  if (text === "") throw wrongExpected(grader, "a text that is not empty", expected);
  return text;
}

export function wrongExpected(grader: string, wanted: string, expected: JsonValue | undefined): UserError {
  const given = expected === undefined ? "nothing" : kindOf(expected);
  return new UserError(
    "wrong-expected",
    `the grader ${grader} needs ${wanted}, and the case expects ${given}`,
    {
      hint: "Change the case's expected value, or the suite's grader.",
    },
  );
}

function kindOf(value: JsonValue): string {
  if (value === "") return "an empty text";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `${JSON.stringify(value)}`;
}
