import { expect, it } from "vitest";
import { describeProgram, resourcesOf } from "./describe-program.ts";
import type { Evaluation } from "./evaluate.ts";
import { eventLines, OTHER_LINES } from "./log-lines.ts";
import { parseFilterPattern } from "./rules/filter-pattern.ts";
import {
  type LogGroupFilters,
  logFilterFaults,
  type MetricFilter,
  type SubscriptionFilter,
} from "./rules/log-filters.ts";
import { STAGE_KINDS } from "./stages.ts";

/** The filters of each log group that has any. */
function filtersByGroup(evaluation: Evaluation): readonly LogGroupFilters[] {
  const inputs = <T>(type: string) =>
    resourcesOf(evaluation, type).map((resource) => resource.inputs as unknown as T);
  const metrics = inputs<MetricFilter>("aws:cloudwatch/logMetricFilter:LogMetricFilter");
  const subscriptions = inputs<SubscriptionFilter>(
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
  );
  const groups = new Set([
    ...metrics.map(({ logGroupName }) => logGroupName),
    ...subscriptions.map(({ logGroup }) => logGroup),
  ]);
  return [...groups].map((group) => ({
    metrics: metrics.filter(({ logGroupName }) => logGroupName === group),
    subscriptions: subscriptions.filter(({ logGroup }) => logGroup === group),
  }));
}

describeProgram("the filters of logs", (on) => {
  it.each(STAGE_KINDS)("keep CloudWatch Logs' rules on a %s stage", (kind) => {
    const groups = filtersByGroup(on(kind));
    expect(groups.length).toBeGreaterThan(0);
    for (const filters of groups) expect(logFilterFaults(filters)).toEqual([]);
  });

  it("let every event through to the lake, and nothing else", async () => {
    const lines = await eventLines();
    // As Lambda has them, with what CloudWatch makes metrics of.
    expect(lines.prompt_completed).toContain('"_aws"');
    const events = Object.values(lines);
    for (const { subscriptions } of filtersByGroup(on("production"))) {
      expect(subscriptions).toHaveLength(1);
      for (const { filterPattern } of subscriptions) {
        const { passes } = parseFilterPattern(filterPattern);
        expect(events.filter(passes)).toEqual(events);
        expect(OTHER_LINES.filter(passes)).toEqual([]);
      }
    }
  });

  it("count each event where it belongs, with a number", async () => {
    const events = Object.entries(await eventLines());
    for (const { metrics } of filtersByGroup(on("production"))) {
      const counted = events.map(([name, line]) => {
        const of = metrics.filter(({ pattern }) => parseFilterPattern(pattern).passes(line));
        const values = of.map(({ metricTransformation: { name: metric, value } }) => [
          metric,
          value.startsWith("$.")
            ? typeof (JSON.parse(line) as Readonly<Record<string, unknown>>)[value.slice(2)]
            : value,
        ]);
        return [name, Object.fromEntries(values)];
      });
      expect(Object.fromEntries(counted)).toEqual({
        prompt_invoked: {},
        prompt_completed: { Completed: "1", LatencyMs: "number", CostUsd: "number" },
        prompt_failed: { Failed: "1" },
        prompt_read_failed: { ReadFailed: "1" },
        batch_completed: {},
        stale: { ServedStale: "1" },
        snapshot: { ServedFromSnapshot: "1" },
      });
      for (const { pattern } of metrics) {
        expect(OTHER_LINES.filter(parseFilterPattern(pattern).passes), pattern).toEqual([]);
      }
    }
  });
});
