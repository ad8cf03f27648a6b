import { formatRef, UserError } from "@promptops/core/domain";
import type { Row } from "@promptops/events/queries";
import type { Context } from "../../context.ts";
import { completeRef } from "../../ids.ts";
import type { Outcome } from "../../outcome.ts";
import { dollars, duration, number, percent } from "../../words/figures.ts";
import { style } from "../../words/style.ts";
import { table } from "../../words/table.ts";
import { type AskOptions, answer, noEvents, numberIn, withEvents } from "./ask.ts";
import { difference, type Estimate, meanOf, shareOf } from "./intervals.ts";

type Measure = (row: Row) => Estimate | null;

const mean =
  (name: string, count: string): Measure =>
  (row) =>
    meanOf(numberIn(row[`mean_${name}`]), numberIn(row[`sd_${name}`]), numberIn(row[count]) ?? 0);

/** What is compared with intervals, and how each is read. */
const MEASURES: readonly (readonly [string, Measure, (value: number) => string])[] = [
  [
    "failure rate",
    ({ failures, ended, squared_weights: squared }) =>
      shareOf(numberIn(failures) ?? 0, numberIn(ended) ?? 0, numberIn(squared) ?? 0),
    percent,
  ],
  ["mean latency", mean("latency_ms", "latencies"), signed(duration)],
  ["input tokens", mean("input_tokens", "inputs"), number],
  ["output tokens", mean("output_tokens", "outputs"), number],
  ["cost of a call", mean("cost_usd", "costs"), signed(dollars)],
];

const PERCENTILES = ["p50_ms", "p95_ms", "p99_ms"] as const;

/** Two versions side by side, of one prompt or of two. */
export async function compare(
  context: Context,
  first: string,
  second: string,
  options: AskOptions,
): Promise<Outcome> {
  const refs = [await exact(context, first), await exact(context, second)];
  const { since } = options;
  const rows = await withEvents(context, async ({ runner }) => {
    const found: Row[] = [];
    for (const { id, version } of refs) {
      const { rows } = await runner.ask("moments", { since, promptId: id }, { version });
      found.push(rows[0] ?? {});
    }
    return found;
  });
  const [a = {}, b = {}] = rows;
  const names = refs.map(formatRef);
  const missing = names.filter((_, at) => rows[at]?.ended === undefined);
  const figures = MEASURES.map(([measure, of]) => ({
    measure,
    first: of(a),
    second: of(b),
    difference: difference(of(a), of(b)),
  }));
  const calls = rows.map((row) => numberIn(row.ended) ?? 0);
  return answer(options, {
    json: {
      since,
      versions: names.map((ref, at) => ({
        ref,
        calls: calls[at],
        ...Object.fromEntries(PERCENTILES.map((name) => [name, rows[at]?.[name] ?? null])),
      })),
      intervals: "95 %: Wilson's for failure rates, Newcombe's for their difference, normal for means",
      measures: figures,
    },
    columns: ["measure", "version", "value", "low", "high"],
    rows: figures.flatMap(({ measure, ...of }) =>
      [of.first, of.second, of.difference].map((estimate, at) => ({
        measure,
        version: names[at] ?? "difference",
        ...estimate,
      })),
    ),
    text:
      missing.length > 0
        ? noEvents(options, ` of calls of ${missing.join(" and ")} that ended`)
        : words(names, rows, figures),
  });
}

async function exact(context: Context, typed: string): Promise<{ id: string; version: number }> {
  const { id, version } = await completeRef(context, typed);
  if (version !== undefined) return { id, version };
  throw new UserError("no-version-named", `"${typed}" names no version`, {
    hint: `Write which two to compare: promptops events compare ${id}#1 ${id}#2`,
  });
}

interface Figure {
  readonly first: Estimate | null;
  readonly second: Estimate | null;
  readonly difference: Estimate | null;
}

function words(names: readonly string[], rows: readonly Row[], figures: readonly Figure[]): string {
  const lines = MEASURES.map(([measure, , show], at) => {
    const of = figures[at];
    const sure = of?.difference != null && (of.difference.low > 0 || of.difference.high < 0);
    const change = cell(of?.difference ?? null, show, true);
    return [
      measure,
      cell(of?.first ?? null, show),
      cell(of?.second ?? null, show),
      sure ? style.strong(change) : change,
    ];
  });
  const counts = ["calls", ...rows.map(({ ended }) => number(numberIn(ended))), ""];
  const latencies = PERCENTILES.map((name) => [
    `${name.slice(0, 3)} latency`,
    ...rows.map((row) => duration(numberIn(row[name]))),
    "",
  ]);
  return [
    table(["", ...names, "DIFFERENCE"], [counts, ...lines, ...latencies]),
    "",
    style.dim(
      "In brackets 95 % intervals: Wilson's for the failure rate, Newcombe's for its difference, normal for means.",
    ),
  ].join("\n");
}

function cell(estimate: Estimate | null, show: (value: number) => string, change = false): string {
  if (estimate === null) return "-";
  const { value, low, high } = estimate;
  return `${change && value > 0 ? "+" : ""}${show(value)} [${show(low)}, ${show(high)}]`;
}

function signed(show: (value: number) => string): (value: number) => string {
  return (value) => (value < 0 ? `-${show(-value)}` : show(value));
}
