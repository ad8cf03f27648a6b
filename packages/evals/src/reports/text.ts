import type { CaseResult } from "../case-result.ts";
import type { Flip } from "../comparison.ts";
import type { SuiteResult } from "../evaluate.ts";
import { oneLine } from "../one-line.ts";
import { accuracyText, answeredBy, changeText, consumption, percent, refOf, valueText } from "../words.ts";
import { columns } from "./columns.ts";
import { listed } from "./listed.ts";

const HEADINGS = ["", "prompt", "answered by", "passed", "accuracy (95 %)", "required", "against the parent"];

/** The results as a terminal shows them: a table of all prompts, then each prompt that has more to say. No colours. */
export function textReport(results: readonly SuiteResult[]): string {
  const table = columns([HEADINGS, ...results.map(row)]);
  return [table, ...results.map(details)].join("\n\n");
}

function row({ run, verdict }: SuiteResult): readonly string[] {
  return [
    verdict.pass ? "pass" : "FAIL",
    refOf(run),
    answeredBy(run),
    `${run.totals.passed}/${run.size}`,
    accuracyText(run),
    verdict.required === undefined ? "" : percent(verdict.required),
    changeText(verdict),
  ];
}

function details({ run, parent, verdict }: SuiteResult): string {
  const { better = [], worse = [] } = verdict.comparison ?? {};
  const parentRef = parent === undefined ? "" : refOf(parent);
  return [
    `${refOf(run)}: ${answeredBy(run)}, ${run.provider.model}; ${consumption(run).join("; ")}`,
    ...verdict.shortfalls.map(({ message }) => `  FAIL ${oneLine(message, 1000)}`),
    ...verdict.notes.map((note) => `  note: ${oneLine(note, 1000)}`),
    ...section(`got worse than ${parentRef}`, listed(worse, flipLine)),
    ...section(`got better than ${parentRef}`, listed(better, flipLine)),
    ...section(
      "failed",
      listed(
        run.cases.filter(({ pass }) => !pass),
        failedLine,
      ),
    ),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((line) => `    ${line}`)];
}

function flipLine({ place, input, expected, before, now }: Flip): string {
  const wanted = expected === undefined ? "" : ` expected ${shown(valueText(expected))},`;
  return `case ${place} ${shown(input)}:${wanted} was ${sideText(before)}, is ${sideText(now)}`;
}

function sideText({ answer, reason }: Flip["now"]): string {
  return answer === undefined ? `no answer (${oneLine(reason, 200)})` : shown(answer);
}

function failedLine({ place, input, reason }: CaseResult): string {
  return `case ${place} ${shown(input)}: ${oneLine(reason, 300)}`;
}

function shown(text: string): string {
  return `"${oneLine(text, 60)}"`;
}
