import {
  byPlace,
  type Diagnostic,
  type DiagnosticPlace,
  diagnostic,
  type Problem,
} from "../diagnostics/diagnostics.ts";

/** A file with more problems than this is not worth listing whole, and could fill the memory. */
const MAX_PROBLEMS = 100;
const LONGEST_EXCERPT = 160;
/** How much of a very long line to show before the place that is meant. */
const EXCERPT_LEAD = 60;

/** A stretch of a file's text: the offsets where it starts and ends. */
export type Place = readonly [from: number, to: number];

/** A value, or the way to work it out if it is wanted. */
type Lazy<T> = T | (() => T);

/** The text of one file, with LF line ends, and the problems found in it so far. */
export class FileReport {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];
  readonly #found: Diagnostic[] = [];
  #left = 0;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /**
   * Reports a problem of `text`; of a place of several lines the first is marked. What takes work to find out should
   * be given as a function, so that a file with a hundred thousand problems costs no more than one with a hundred.
   */
  add(place: Lazy<Place>, problem: Lazy<Problem>): void {
    if (this.#found.length >= MAX_PROBLEMS) {
      this.#left += 1;
      return;
    }
    const at = this.at(typeof place === "function" ? place() : place);
    this.#found.push(diagnostic(at, typeof problem === "function" ? problem() : problem));
  }

  /** A place as diagnostics name it; of several lines the first. */
  at([from, to]: Place): DiagnosticPlace {
    const start = Math.min(from, this.#endOfContent());
    const line = this.lineOf(start);
    const lineStart = this.#lineStarts[line - 1] ?? 0;
    const lineText = this.lineText(line);
    const column = start - lineStart + 1;
    const end = Math.min(to, lineStart + lineText.length);
    return {
      file: this.file,
      line,
      column,
      ...(end > start && { endColumn: end - lineStart + 1 }),
      excerpt: excerptOf(lineText, column),
    };
  }

  /** Whether anything but warnings was reported. */
  get failed(): boolean {
    return this.#found.some(({ severity }) => severity === "error");
  }

  /** All problems, by place. */
  diagnostics(): readonly Diagnostic[] {
    const found = this.#found.toSorted(byPlace);
    const last = found.at(-1);
    if (last === undefined || this.#left === 0) return found;
    const { file, line, column } = last;
    const problem = `the file has ${this.#left} more problems, not shown`;
    return [...found, diagnostic({ file, line, column }, { code: "too-many-problems", problem })];
  }

  /** The line, from 1, that the offset lies on. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** A line, from 1, without its line break. */
  lineText(line: number): string {
    const next = this.#lineStarts[line];
    return this.text.slice(this.#lineStarts[line - 1] ?? 0, next === undefined ? undefined : next - 1);
  }

  /** The offset where a line, from 1, starts. */
  lineStart(line: number): number {
    return this.#lineStarts[line - 1] ?? 0;
  }

  /** A problem "at the end" is shown after the last thing written, not on an empty line below it. */
  #endOfContent(): number {
    let end = this.text.length;
    while (end > 0 && this.text[end - 1] === "\n") end -= 1;
    return end;
  }
}

function excerptOf(line: string, column: number): { text: string; column: number } {
  if (line.length <= LONGEST_EXCERPT) return { text: detached(line), column };
  const from = Math.max(0, Math.min(column - 1 - EXCERPT_LEAD, line.length - LONGEST_EXCERPT));
  const text = detached(line.slice(from, from + LONGEST_EXCERPT));
  return { text: from === 0 ? text : `…${text}`, column: column - from + (from === 0 ? 0 : 1) };
}

/** A copy: a slice would keep the whole file's text in memory for as long as the diagnostic lives. */
function detached(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}
