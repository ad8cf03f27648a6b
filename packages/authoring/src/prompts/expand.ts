import { type IncludePart, parseTemplate, type TemplatePart } from "@promptops/core/domain";
import type { Problem } from "../diagnostics/diagnostics.ts";

/** A text with its includes put in, or why one of them cannot be. */
export type Expansion = { readonly text: string } | { readonly at: IncludePart; readonly problem: Problem };

/** The longest text, in UTF-16 code units. A few short files can include each other into terabytes. */
const MAX_LENGTH = 33_554_432;

/**
 * A `\` makes a variable after it literal, and a single `{` makes it malformed. The syntax has no way to write either
 * before a variable, so such text cannot stand there.
 */
const SWALLOWS_VARIABLE = /(?:\\|(?<!\{)\{)$/;

/**
 * Puts the included texts in their places. The result means, part by part, what the texts mean by themselves: braces
 * that are literal there stay literal, also where two texts meet.
 *
 * @param parts of `text`, which has no syntax problems.
 * @param included gives the text of a ref, which is expanded itself.
 */
export function expand(
  text: string,
  parts: readonly TemplatePart[],
  included: (ref: string) => string,
): Expansion {
  let expanded = "";
  let literal = "";
  let at: IncludePart | undefined;
  let clash: IncludePart | undefined;
  const append = (from: string, part: TemplatePart) => {
    if (typeof part === "string") {
      literal += part;
      return;
    }
    if (SWALLOWS_VARIABLE.test(literal)) clash ??= at;
    expanded += escaped(literal) + from.slice(part.offset, part.offset + part.length);
    literal = "";
  };
  for (const part of parts) {
    if (typeof part === "string" || "variable" in part) {
      append(text, part);
    } else {
      at = part;
      const inner = included(part.include);
      for (const each of parseTemplate(inner).parts) append(inner, each);
      if (expanded.length + literal.length > MAX_LENGTH) return { at, problem: TOO_LONG };
    }
    if (clash) return { at: clash, problem: clashProblem(clash) };
  }
  return { text: expanded + escaped(literal) };
}

/** The text as a template writes it: of an odd number of braces the first stays, so that a variable may follow. */
function escaped(literal: string): string {
  return literal.replaceAll(
    /\{{2,}/g,
    ({ length }) => (length % 2 === 1 ? "{" : "") + "\\{{".repeat(Math.floor(length / 2)),
  );
}

const TOO_LONG: Problem = {
  code: "include-refused",
  problem: `with this the text is longer than ${MAX_LENGTH} characters`,
  hint: "Include less, or each text once.",
};

function clashProblem({ include }: IncludePart): Problem {
  return {
    code: "include-refused",
    problem: `the text of ${include} ends in a \\ or {, which would change the variable after it`,
    expected: "a variable after other text",
    hint: "Put a space between them.",
  };
}
