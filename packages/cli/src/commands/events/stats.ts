import { isPromptId } from "@promptops/core/domain";
import type { Row } from "@promptops/events/queries";
import type { Context } from "../../context.ts";
import { completeRef } from "../../ids.ts";
import type { Outcome } from "../../outcome.ts";
import { sparkline } from "../../words/charts.ts";
import { dollars, duration, number, percent } from "../../words/figures.ts";
import { style } from "../../words/style.ts";
import { table } from "../../words/table.ts";
import { type AskOptions, answer, noEvents, numberIn, textIn, withEvents } from "./ask.ts";

const FIGURES = [
  "calls",
  "failures",
  "failure_rate",
  "p50_ms",
  "p95_ms",
  "p99_ms",
  "input_tokens",
  "output_tokens",
  "cost_usd",
];
const HEADINGS = ["CALLS", "FAILED", "P50", "P95", "P99", "TOKENS IN", "OUT", "COST"];

/** Figures by day, and by prompt, or by version of the prompt that is named. */
export async function stats(
  context: Context,
  typed: string | undefined,
  options: AskOptions,
): Promise<Outcome> {
  const { since } = options;
  const id = typed === undefined || isPromptId(typed) ? typed : (await completeRef(context, typed)).id;
  const { rows } = await withEvents(context, ({ runner }) =>
    id === undefined
      ? runner.ask("stats-by-prompt", { since })
      : runner.ask("stats-by-version", { since, promptId: id }),
  );
  const key = id === undefined ? "prompt_id" : "prompt_version";
  const figures: readonly Row[] = rows.map((row) => ({ ...row, failure_rate: rateOf(row) }));
  const by = figures.filter((row) => row[key] !== null);
  const days = figures.filter(({ dt }) => dt !== null);
  const name = id === undefined ? "PROMPT" : "VERSION";
  const text = [
    ...(id === undefined ? [] : [style.strong(id)]),
    table(
      [name, ...HEADINGS],
      by.map((row) => [id === undefined ? String(row[key]) : `#${row[key]}`, ...cells(row)]),
    ),
    "",
    table(
      ["DAY", ...HEADINGS],
      days.map((row) => [String(textIn(row.dt)), ...cells(row)]),
    ),
    ...trend(days),
  ].join("\n");
  return answer(options, {
    json: {
      id: id ?? null,
      since,
      [id === undefined ? "prompts" : "versions"]: by.map((row) => pick([key, ...FIGURES], row)),
      days: days.map((row) => pick(["dt", ...FIGURES], row)),
    },
    columns: [key, "dt", ...FIGURES],
    rows: [...by, ...days],
    text: rows.length === 0 ? noEvents(options, id === undefined ? "" : ` of ${id}`) : text,
  });
}

function rateOf({ failures, ended }: Row): number | null {
  const all = numberIn(ended) ?? 0;
  return all === 0 ? null : (numberIn(failures) ?? 0) / all;
}

function cells(row: Row): readonly string[] {
  const rate = numberIn(row.failure_rate);
  const failed = percent(rate);
  return [
    number(numberIn(row.calls)),
    rate !== null && rate > 0 ? style.bad(failed) : failed,
    duration(numberIn(row.p50_ms)),
    duration(numberIn(row.p95_ms)),
    duration(numberIn(row.p99_ms)),
    number(numberIn(row.input_tokens)),
    number(numberIn(row.output_tokens)),
    dollars(numberIn(row.cost_usd)),
  ];
}

/** The days as a line, where it can be seen. */
function trend(days: readonly Row[]): readonly string[] {
  if (!process.stdout.isTTY || days.length < 2) return [];
  const line = (name: string, key: string) =>
    `${style.dim(name)} ${sparkline(days.map((row) => numberIn(row[key]) ?? 0))}`;
  return ["", line("calls   ", "calls"), line("failures", "failures"), line("p95     ", "p95_ms")];
}

function pick(names: readonly string[], row: Row): object {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
