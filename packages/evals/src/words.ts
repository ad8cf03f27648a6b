import type { JsonValue } from "@promptops/core/domain";
import type { SuiteRun } from "./run.ts";
import type { Verdict } from "./verdict.ts";

/** A share as a percentage with up to two decimals; never rounded up to 100 %. */
export function percent(share: number): string {
  const rounded = Math.round(share * 10_000) / 100;
  return `${share < 1 ? Math.min(rounded, 99.99) : rounded} %`;
}

/** US dollars, exact to what matters: small sums keep two significant digits. */
export function usd(amount: number): string {
  return amount === 0 || amount >= 0.1
    ? `$${amount.toFixed(2)}`
    : `$${Number(amount.toPrecision(2)).toFixed(Math.min(20, 1 - Math.floor(Math.log10(amount))))}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** What answered a run: `anthropic`, `recordings of anthropic`, `keyword stand-in`. */
export function answeredBy({ provider: { name, mode } }: Pick<SuiteRun, "provider">): string {
  switch (mode) {
    case "live":
      return name;
    case "recorded":
      return `recordings of ${name}`;
    case "stand-in":
      return `${name} stand-in`;
  }
}

/** The version that a run is of, as `id#version`. */
export function refOf({ promptId, version }: SuiteRun): string {
  return `${promptId}#${version}`;
}

/** What a case expects, or what was answered, as text. */
export function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Milliseconds, or seconds where there are many. */
function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** What answers took: tokens, cost and latency, each as far as it is known. */
export function consumption({ totals, provider }: SuiteRun): readonly string[] {
  if (provider.mode === "stand-in") return ["no model was called"];
  const { usage, latencyMs } = totals;
  const cost = usage.costUsd === null ? "cost unknown" : usd(usage.costUsd);
  const unspent = provider.mode === "recorded" ? " when recorded" : "";
  return [
    `${usage.inputTokens} tokens in, ${usage.outputTokens} out`,
    `${cost}${unspent}`,
    ...(latencyMs === null ? [] : [`latency p50 ${duration(latencyMs.p50)}, p95 ${duration(latencyMs.p95)}`]),
  ];
}

/** An accuracy with its interval: `95 % (83.5–98.62 %)`. */
export function accuracyText({ cases, totals }: SuiteRun): string {
  if (cases.length === 0) return "none";
  const { low, high } = totals.interval;
  return `${percent(totals.accuracy)} (${percent(low).replace(" %", "")}–${percent(high)})`;
}

/** How a run stands against its parent: `90 → 95 %, 3 better, 1 worse, p = 0.625`. Empty without a parent. */
export function changeText({ comparison }: Verdict): string {
  if (comparison === undefined) return "";
  const { cases, passedBefore, passedNow, better, worse, p } = comparison;
  if (cases === 0) return "not compared";
  const before = percent(passedBefore / cases).replace(" %", "");
  const flips = `${better.length} better, ${worse.length} worse`;
  return `${before} → ${percent(passedNow / cases)}, ${flips}, p = ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}`;
}
