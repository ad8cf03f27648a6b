import type { CaseResult } from "./case-result.ts";
import { addUsage, NO_USAGE, type Usage } from "./providers/provider.ts";
import { percentile } from "./statistics/percentile.ts";
import { type Interval, wilson } from "./statistics/wilson.ts";

/** What a run comes to. */
export interface Totals {
  readonly passed: number;
  /** The share of the cases that passed, 0 to 1; 0 when there were none. */
  readonly accuracy: number;
  /** The 95 % interval of the accuracy. */
  readonly interval: Interval;
  readonly usage: Usage;
  /** Of single answers; null when there were none. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
}

/** @param spentUsd what was spent in all, on unfinished cases too. */
export function totalsOf(cases: readonly CaseResult[], spentUsd: number): Totals {
  const passed = cases.filter(({ pass }) => pass).length;
  const latencies = cases.flatMap(({ attempts }) => attempts.flatMap(({ latencyMs }) => latencyMs ?? []));
  const p50 = percentile(latencies, 0.5);
  const p95 = percentile(latencies, 0.95);
  const usage = cases.map((one) => one.usage).reduce(addUsage, NO_USAGE);
  return {
    passed,
    accuracy: cases.length === 0 ? 0 : passed / cases.length,
    interval: wilson(passed, cases.length),
    usage: { ...usage, costUsd: usage.costUsd && rounded(usage.costUsd), spentUsd: rounded(spentUsd) },
    latencyMs: p50 === undefined || p95 === undefined ? null : { p50, p95 },
  };
}

/** Takes away what adding thousands of small sums leaves behind, to a billionth of a dollar. */
function rounded(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
