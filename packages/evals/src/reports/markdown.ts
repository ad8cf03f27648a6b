import type { CaseResult } from "../case-result.ts";
import type { Flip } from "../comparison.ts";
import type { SuiteResult } from "../evaluate.ts";
import {
  accuracyText,
  answeredBy,
  changeText,
  consumption,
  percent,
  plural,
  refOf,
  valueText,
} from "../words.ts";
import { codeSpan } from "./code-span.ts";
import { listed } from "./listed.ts";

const HEADINGS = ["", "prompt", "answered by", "passed", "accuracy (95 %)", "required", "against the parent"];

/** GitHub takes comments of up to 65,536 characters. */
const MAX_LENGTH = 60_000;

/**
 * The results as a comment on a pull request, those that fail first. Everything that prompts, cases, models and
 * providers say stands in code spans. What would make it too long for a comment is left out, and that is said.
 */
export function markdownReport(all: readonly SuiteResult[]): string {
  const results = all.toSorted((a, b) => Number(a.verdict.pass) - Number(b.verdict.pass));
  const passed = results.filter(({ verdict }) => verdict.pass).length;
  const lines = [
    `### Evaluation: ${passed} of ${plural(results.length, "prompt")} passed`,
    "",
    tableRow(HEADINGS),
    tableRow(HEADINGS.map(() => "---")),
    ...results.map(row),
    ...results.flatMap(details),
  ];
  return `${fitting(lines).join("\n")}\n`;
}

function fitting(lines: readonly string[]): readonly string[] {
  let length = 0;
  const cut = lines.findIndex((line) => {
    length += line.length + 1;
    return length > MAX_LENGTH;
  });
  return cut < 0
    ? lines
    : [...lines.slice(0, cut), "", "The rest is left out: it does not fit in a comment."];
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function row({ run, verdict }: SuiteResult): string {
  return tableRow([
    verdict.pass ? "pass" : "**FAIL**",
    codeSpan(refOf(run), 300),
    `${answeredBy(run)}, ${codeSpan(run.provider.model)}`,
    `${run.totals.passed} of ${run.size}`,
    accuracyText(run),
    verdict.required === undefined ? "" : percent(verdict.required),
    changeText(verdict),
  ]);
}

function details({ run, parent, verdict }: SuiteResult): readonly string[] {
  const { better = [], worse = [] } = verdict.comparison ?? {};
  const parentRef = parent === undefined ? "" : codeSpan(refOf(parent), 300);
  const failed = run.cases.filter(({ pass }) => !pass);
  return [
    "",
    `#### ${codeSpan(refOf(run), 300)}`,
    "",
    `${consumption(run).join("; ")}.`,
    ...section(
      "Fails because",
      listed(verdict.shortfalls, ({ message }) => codeSpan(message, 500)),
    ),
    ...section(
      "Notes",
      listed(verdict.notes, (note) => codeSpan(note, 500)),
    ),
    ...section(`Got worse than ${parentRef}`, listed(worse, flipLine)),
    ...section(`Got better than ${parentRef}`, listed(better, flipLine)),
    ...section(`Failed: ${plural(failed.length, "case")}`, listed(failed, failedLine)),
  ];
}

function section(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : ["", `**${title}**`, "", ...items.map((item) => `- ${item}`)];
}

function flipLine({ place, input, expected, before, now }: Flip): string {
  const wanted = expected === undefined ? "" : ` expected ${codeSpan(valueText(expected))},`;
  return `case ${place} ${codeSpan(input)}:${wanted} was ${sideText(before)}, is ${sideText(now)}`;
}

function sideText({ answer, reason }: Flip["now"]): string {
  return answer === undefined ? `no answer (${codeSpan(reason, 200)})` : codeSpan(answer);
}

function failedLine({ place, input, reason }: CaseResult): string {
  return `case ${place} ${codeSpan(input)}: ${codeSpan(reason, 200)}`;
}
