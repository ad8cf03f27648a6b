/** What kind of problem a diagnostic tells of. Stable, for programs. */
export type DiagnosticCode =
  // The file and its name
  | "duplicate-id"
  | "duplicate-suite"
  | "file-name"
  | "id-path"
  | "stray-file"
  | "symbolic-link"
  | "too-large"
  | "unreadable"
  // The bytes
  | "byte-order-mark"
  | "carriage-return"
  | "control-character"
  | "invalid-utf-8"
  // YAML
  | "alias"
  | "ambiguous-word"
  | "anchor"
  | "directive"
  | "duplicate-key"
  | "empty-file"
  | "key-type"
  | "lone-surrogate"
  | "merge-key"
  | "not-a-mapping"
  | "number-range"
  | "several-documents"
  | "tab-indentation"
  | "tag"
  | "too-deep"
  | "too-many-problems"
  | "yaml-syntax"
  // Includes
  | "include-cycle"
  | "include-missing"
  | "include-refused"
  | "includes-field"
  // Against a git ref
  | "id-changed"
  | "missing-parent"
  | "prompt-removed"
  | "unknown-parent"
  | "version-lowered"
  | "version-not-raised"
  | "version-reused"
  // The prompt
  | "invalid-value"
  | "keywords-provider"
  | "metric-name"
  | "missing-field"
  | "parent-version"
  | "template-or-messages"
  | "template-syntax"
  | "undeclared-variable"
  | "unknown-field"
  | "unknown-model"
  | "unused-variable"
  | "wrong-type";

const LONGEST_SENTENCE = 400;

/** What is wrong, without where. */
export interface Problem {
  readonly code: DiagnosticCode;
  /** `error` unless said otherwise. */
  readonly severity?: "error" | "warning";
  /** What is wrong, one sentence without a full stop. */
  readonly problem: string;
  /** What would have been right. */
  readonly expected?: string | undefined;
  /** What to do, or an example. */
  readonly hint?: string | undefined;
}

/** One problem of one file, and its place in it. */
export interface Diagnostic {
  /** Relative to the root, with forward slashes: `prompts/customer_support/intent_classifier.yaml`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** The column after the last one meant, on the same line. */
  readonly endColumn?: number;
  readonly severity: "error" | "warning";
  readonly code: DiagnosticCode;
  readonly problem: string;
  readonly expected?: string;
  readonly hint?: string;
  /** The line itself, cut to a window when it is very long. Absent where the problem is the whole file's. */
  readonly excerpt?: Excerpt;
}

/** Where a problem is. */
export type DiagnosticPlace = Pick<Diagnostic, "file" | "line" | "column" | "endColumn" | "excerpt">;

/** A line of a file to show with a diagnostic. */
export interface Excerpt {
  readonly text: string;
  /** Where `column` lies in `text`, from 1. */
  readonly column: number;
}

/** Orders diagnostics by file, line and column. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** A diagnostic about a file as a whole, placed at its start. */
export function aboutFile(file: string, problem: Problem): Diagnostic {
  return diagnostic({ file, line: 1, column: 1 }, problem);
}

/** Puts a problem and its place together. */
export function diagnostic(
  place: DiagnosticPlace,
  { code, severity = "error", problem, expected, hint }: Problem,
): Diagnostic {
  return {
    ...place,
    severity,
    code,
    problem: shortened(problem),
    ...(expected !== undefined && { expected: shortened(expected) }),
    ...(hint !== undefined && { hint: shortened(hint) }),
  };
}

/** What a file holds is quoted in these sentences, and may be a megabyte. */
function shortened(sentence: string): string {
  return sentence.length > LONGEST_SENTENCE
    ? `${sentence.slice(0, LONGEST_SENTENCE).toWellFormed()}…`
    : sentence;
}
