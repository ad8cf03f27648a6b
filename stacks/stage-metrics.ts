/** A metric of a stage as a whole, which CloudWatch reads from the lines of functions. */
export interface StageMetric {
  /** Which lines count, as CloudWatch Logs has patterns. */
  readonly pattern: string;
  /** What is added for each: 1, or a field of the line. */
  readonly value: string;
}

/**
 * The lines' own metrics are by prompt and by version, in whichever stage; these are of one stage. Their names are those of
 * the dashboard and of alarms.
 */
export const STAGE_METRICS = {
  Completed: { pattern: '{ $.event = "prompt_completed" }', value: "1" },
  Failed: { pattern: '{ $.event = "prompt_failed" }', value: "1" },
  LatencyMs: { pattern: '{ $.event = "prompt_completed" }', value: "$.latency_ms" },
  CostUsd: { pattern: '{ ($.event = "prompt_*") && ($.cost_usd > 0) }', value: "$.cost_usd" },
  ReadFailed: { pattern: '{ $.event = "prompt_read_failed" }', value: "1" },
  ServedStale: { pattern: '{ ($.event = "prompt_invoked") && ($.source = "stale") }', value: "1" },
  ServedFromSnapshot: { pattern: '{ ($.event = "prompt_invoked") && ($.source = "snapshot") }', value: "1" },
} as const satisfies Readonly<Record<string, StageMetric>>;

export type StageMetricName = keyof typeof STAGE_METRICS;
