import { type Document, type ErrorCode, visit, type YAMLError } from "yaml";
import type { Problem } from "../diagnostics/diagnostics.ts";
import type { FileReport, Place } from "./file-report.ts";
import { rangeOf } from "./scalar-offsets.ts";

const QUOTE_IT = "Put the whole value in double quotes, or below the key after a |.";

/** `template: {{name}} …` is a mapping to YAML, and what most authors write first. */
export const BRACES = {
  problem: "YAML takes text that starts with { for a mapping",
  hint: "Put the text in quotes, or below its key after a |.",
} as const;

const KEY_AND_VALUE = '"key: value", with a space after the colon';

/** The parser's own words are for people who know YAML's grammar; these are for the rest. */
const EXPLAINED: Partial<Record<ErrorCode, Partial<Problem>>> = {
  BAD_INDENT: { expected: "spaces, as many as the other lines of the same block have" },
  BAD_SCALAR_START: {
    problem: "a value cannot start with this character unless it is in quotes",
    hint: QUOTE_IT,
  },
  BLOCK_AS_IMPLICIT_KEY: {
    problem: 'a second "key: value" starts on this line',
    expected: "one key and one value on a line",
    hint: `Text that holds a colon and a space needs quotes. ${QUOTE_IT}`,
  },
  KEY_OVER_1024_CHARS: { problem: "this key is longer than 1024 characters" },
  MULTILINE_IMPLICIT_KEY: {
    problem: "this is neither a key with a value nor part of one",
    expected: KEY_AND_VALUE,
  },
  MULTIPLE_DOCS: {
    code: "several-documents",
    problem: "a second YAML document starts here",
    expected: "one document in one file",
    hint: "Remove the --- line, or move what follows it to a file of its own.",
  },
  RESOURCE_EXHAUSTION: { code: "too-deep", problem: "this is nested too deeply to be read" },
};

/** Reports what keeps a file from being one YAML document, one problem a line. */
export function reportSyntax(report: FileReport, document: Document.Parsed): void {
  const deep = document.errors.find(({ code }) => code === "RESOURCE_EXHAUSTION");
  const errors = deep ? [deep] : document.errors;
  const opened = errors.some(isOpenQuote) ? quotesByEnd(document) : new Map<number, number>();
  const lines = new Set<number>();
  for (const error of errors) {
    const [from, to] = placeOf(error, opened);
    const line = report.lineOf(from);
    if (lines.has(line)) continue;
    lines.add(line);
    const tab = /^ *\t/.exec(report.lineText(line));
    const braces = /^[^#"']*: +(?=\{\{)/.exec(report.lineText(line));
    if (error.code === "TAB_AS_INDENT" || tab) {
      const at = tab ? report.lineStart(line) + tab[0].length - 1 : from;
      report.add([at, at + 1], {
        code: "tab-indentation",
        problem: "a tab is used for indentation",
        expected: "spaces: YAML does not allow tabs here",
      });
    } else if (braces) {
      const at = report.lineStart(line) + braces[0].length;
      report.add([at, at + 2], { ...BRACES, code: "yaml-syntax" });
    } else {
      report.add([from, to], explain(error));
    }
  }
}

function explain(error: YAMLError): Problem {
  const own: Problem = { code: "yaml-syntax", problem: lowerFirst(error.message) };
  if (isOpenQuote(error)) return { ...own, problem: "this quote is never closed" };
  if (error.code === "MISSING_CHAR" && error.message.startsWith("Implicit map keys")) {
    return { ...own, problem: "a key stands here without a value", expected: KEY_AND_VALUE };
  }
  return { ...own, ...EXPLAINED[error.code] };
}

/** A quote that is never closed is found at the end of the file; what matters is where it was opened. */
function placeOf(error: YAMLError, opened: ReadonlyMap<number, number>): Place {
  const [from, to] = error.pos;
  if (error.code === "MULTIPLE_DOCS") return [from, from + 3];
  const quote = isOpenQuote(error) ? opened.get(from) : undefined;
  return quote === undefined ? [from, to] : [quote, quote + 1];
}

function isOpenQuote({ code, message }: YAMLError): boolean {
  return code === "MISSING_CHAR" && message.includes("quote");
}

/** Where the text in quotes starts that ends at an offset. */
function quotesByEnd(document: Document.Parsed): ReadonlyMap<number, number> {
  const starts = new Map<number, number>();
  visit(document, {
    Scalar(_key, node) {
      const [start, end] = rangeOf(node);
      if (node.type?.startsWith("QUOTE")) starts.set(end, start);
    },
  });
  return starts;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
