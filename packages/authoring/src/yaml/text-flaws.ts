import type { Scalar } from "yaml";
import type { Problem } from "../diagnostics/diagnostics.ts";
import type { Place } from "./file-report.ts";
import { writtenPlaces } from "./scalar-offsets.ts";
import { codePoint } from "./source-text.ts";

/** What text may not hold, escapes included: control characters but tab and line breaks. */
const CONTROL = /(?![\t\n\r\u0085])\p{Cc}/u;

/** A character that text cannot hold: only an escape in double quotes brings one past the check of the whole file. */
export function flawOf(text: string, scalar: Scalar<string>): { place: Place; problem: Problem } | undefined {
  const { value } = scalar;
  if (scalar.type !== "QUOTE_DOUBLE") return undefined;
  if (!value.isWellFormed()) {
    const at = loneSurrogate(value);
    return {
      place: writtenPlaces(text, scalar)(at),
      problem: {
        code: "lone-surrogate",
        problem: `${codePoint(value.charAt(at))} is half a character`,
        expected: "a whole character, or both halves of it, as in \\ud83d\\ude00",
      },
    };
  }
  const control = CONTROL.exec(value);
  if (!control) return undefined;
  return {
    place: writtenPlaces(text, scalar)(control.index),
    problem: {
      code: "control-character",
      problem: `the text holds the control character ${codePoint(control[0])}`,
      expected: "printable text, tabs and line breaks",
    },
  };
}

function loneSurrogate(text: string): number {
  let at = 0;
  for (const character of text) {
    if (!character.isWellFormed()) return at;
    at += character.length;
  }
  return at;
}
