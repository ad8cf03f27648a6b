import type { JsonValue } from "@promptops/core/domain";
import { oneLine } from "../one-line.ts";
import type { Usage } from "../providers/provider.ts";

/** What a grader says of an answer. */
export interface Grade {
  readonly pass: boolean;
  /** 0 to 1. */
  readonly score: number;
  /** Why, in one line. */
  readonly reason: string;
  /** What the grading took, where a model did it. */
  readonly usage?: Usage;
}

/** Grades the answers to one case. */
export type Judgement = (answer: string, signal: AbortSignal) => Grade | Promise<Grade>;

/**
 * Reads what a case expects, before anything is asked and paid for, and returns what grades its answers.
 *
 * @throws UserError `wrong-expected` when the grader cannot work with what is expected.
 */
export type Grader = (expected: JsonValue | undefined, input: string) => Judgement;

/** The grade of an answer that is either right or wrong. */
export function rightOrWrong(right: boolean, wanted: string, answer: string): Grade {
  return right
    ? { pass: true, score: 1, reason: "as expected" }
    : { pass: false, score: 0, reason: `expected ${wanted}, got ${quoted(answer)}` };
}

/** A text in a reason. */
export function quoted(text: string): string {
  return text.trim() === "" ? "nothing" : `"${oneLine(text)}"`;
}
