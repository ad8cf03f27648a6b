import { Lexer } from "yaml";
import type { Place } from "./file-report.ts";

/** Shorter texts are parsed whatever they nest: they cannot fill the memory. */
const HARMLESS_LENGTH = 65_536;
/** More than any reader of these files takes, and far less than what the parser chokes on. */
const MAX_LEVELS = 1000;

/** What the lexer puts before the text of a scalar, which may look like anything. */
const SCALAR = "\u001f";
/** What the lexer puts in by itself stands for no character of the text. */
const MARKS = new Set([SCALAR, "\u0002", "\u0018"]);

/**
 * Where a long text nests so deeply that parsing it would take gigabytes: brackets in brackets, or `- - -` on one line.
 * Deep indentation alone cannot: each level of it is longer than the one before.
 */
export function endlessNesting(text: string): Place | undefined {
  if (text.length <= HARMLESS_LENGTH) return undefined;
  let brackets = 0;
  let onLine = 0;
  let offset = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    if (MARKS.has(token)) {
      scalar = token === SCALAR;
      continue;
    }
    if (!scalar) {
      if (token === "[" || token === "{") brackets += 1;
      else if (token === "]" || token === "}") brackets -= 1;
      else if (token === "-" || token === "?") onLine += 1;
      else if (token.endsWith("\n")) onLine = 0;
    }
    if (brackets > MAX_LEVELS || onLine > MAX_LEVELS) return [offset, offset + 1];
    offset += token.length;
    scalar = false;
  }
  return undefined;
}
