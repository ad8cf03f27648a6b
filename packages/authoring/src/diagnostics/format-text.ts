import type { Diagnostic } from "./diagnostics.ts";
import { visible } from "./visible.ts";

/**
 * Diagnostics as text, each with its place, the line it is about and a mark below what is meant.
 *
 * @example
 * prompts/support/reply.yaml:2:10: error: "version" is the text "2", not a number [wrong-type]
 *   2 | version: "2"
 *     |          ^^^
 *   expected: a whole number from 1 to 999999999
 *   hint: Write it without quotes: version: 2
 */
export function asText(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((each) => `${format(each)}\n`).join("\n");
}

function format(diagnostic: Diagnostic): string {
  const { file, line, column, severity, code, problem, expected, hint } = diagnostic;
  return [
    visible(`${file}:${line}:${column}: ${severity}: ${problem} [${code}]`),
    ...excerptLines(diagnostic),
    ...(expected === undefined ? [] : [visible(`  expected: ${expected}`)]),
    ...(hint === undefined ? [] : [visible(`  hint: ${hint}`)]),
  ].join("\n");
}

function excerptLines({ line, column, endColumn = column + 1, excerpt }: Diagnostic): readonly string[] {
  if (excerpt === undefined) return [];
  const from = excerpt.column - 1;
  const before = excerpt.text.slice(0, from);
  const meant = excerpt.text.slice(from, from + endColumn - column);
  const gutter = " ".repeat(String(line).length);
  return [
    `  ${line} | ${visible(excerpt.text)}`,
    `  ${gutter} | ${blanks(before)}${"^".repeat(Math.max(1, blanks(meant).length))}`,
  ];
}

const WIDE =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\u3000-\u303F\uFF01-\uFF60]/u;

/** Blanks as wide as `text` is in a terminal; tabs stay, since only the terminal knows their width. */
function blanks(text: string): string {
  let result = "";
  for (const character of visible(text)) {
    if (character === "\t") result += "\t";
    else if (WIDE.test(character)) result += "  ";
    else if (!/[\p{Mark}\u200D]/u.test(character)) result += " ";
  }
  return result;
}
