import { type ObservedEvent, observe, type Prompt, sendEventsTo } from "@promptops/core";
import { EVENT_FILTER_PATTERN } from "@promptops/events";
import { definition } from "@promptops/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { STAGE_METRICS, type StageMetricName } from "../../stacks/stage-metrics.ts";
import { describeProgram, inputsOf, resourcesOf } from "./describe-program.ts";
import { passes } from "./filter-pattern.ts";
import { STAGE_KINDS, STAGES } from "./stages.ts";

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly metrics: readonly unknown[][];
  };
}

describeProgram("what is watched", (on) => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    sendEventsTo((line) => void lines.push(line));
  });
  afterEach(() => sendEventsTo());

  /** The names of the metrics that CloudWatch would make of a line. */
  const metricsOf = (line: string) =>
    (Object.keys(STAGE_METRICS) as StageMetricName[]).filter((name) => {
      const { pattern, value } = STAGE_METRICS[name];
      const members = JSON.parse(line) as Readonly<Record<string, unknown>>;
      return (
        passes(pattern, line) && (value === "1" || typeof members[value.slice("$.".length)] === "number")
      );
    });

  const call = (source: Prompt["source"], work: (told: ObservedEvent) => Promise<unknown>) =>
    observe({ ...PROMPT, source }, {}, work).catch(() => undefined);

  it("is read from the lines that calls write", async () => {
    await call("memory", async (told) => {
      told.input_tokens = 200;
      told.output_tokens = 4;
      told.cost_usd = 0.1;
    });
    await call("stale", async () => undefined);
    await call("snapshot", async () => {
      throw new Error("no answer");
    });
    expect(lines.map((line) => [(JSON.parse(line) as { event: string }).event, metricsOf(line)])).toEqual([
      ["prompt_invoked", []],
      ["prompt_completed", ["Completed", "LatencyMs", "CostUsd"]],
      ["prompt_invoked", ["ServedStale"]],
      ["prompt_completed", ["Completed", "LatencyMs"]],
      ["prompt_invoked", ["ServedFromSnapshot"]],
      ["prompt_failed", ["Failed"]],
    ]);
    for (const line of lines) expect(passes(EVENT_FILTER_PATTERN, line)).toBe(true);
    expect(passes(EVENT_FILTER_PATTERN, '{"level":"INFO","event":"started"}')).toBe(false);
  });

  it.each(STAGE_KINDS)("has a filter on a %s stage for each metric in the log of each function", (kind) => {
    const { stage } = STAGES[kind];
    const filters = resourcesOf(on(kind), "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(
      ({ inputs }) => inputs,
    );
    const groups = resourcesOf(on(kind), "aws:lambda/function:Function").map(
      ({ inputs }) => (inputs.loggingConfig as { logGroup: string }).logGroup,
    );
    for (const group of groups) {
      const made = filters.filter(({ logGroupName }) => logGroupName === group);
      expect(Object.fromEntries(made.map((filter) => [filter.name, filter]))).toEqual(
        Object.fromEntries(
          Object.entries(STAGE_METRICS).map(([name, { pattern, value }]) => [
            name,
            {
              name,
              logGroupName: group,
              pattern,
              metricTransformation: { namespace: `PromptOps/${stage}`, name, value },
            },
          ]),
        ),
      );
    }
    expect(filters).toHaveLength(groups.length * Object.keys(STAGE_METRICS).length);
  });

  it("has alarms that go to the recipients, on metrics that there are", () => {
    const alarms = resourcesOf(on("production"), "aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(alarms.map(({ inputs }) => inputs.name)).toEqual([
      "promptops-production-batch-worker-errors",
      "promptops-production-batch-worker-throttles",
      "promptops-production-calls-costly",
      "promptops-production-calls-failing",
      "promptops-production-calls-slow",
      "promptops-production-events-direct-late",
      "promptops-production-events-from-logs-late",
      "promptops-production-intent-classifier-errors",
      "promptops-production-intent-classifier-throttles",
      "promptops-production-ledger-unread",
      "promptops-production-prompts-stale",
      "promptops-production-tamper-alarm-fails",
    ]);
    const topic = ["arn:aws:sns:eu-central-1:123456789012:promptops-production-alarms"];
    for (const { inputs } of alarms) {
      expect(inputs).toMatchObject({
        alarmActions: topic,
        okActions: topic,
        treatMissingData: "notBreaching",
      });
      if (inputs.namespace === "PromptOps/production")
        expect(STAGE_METRICS).toHaveProperty([`${inputs.metricName}`]);
    }
  });

  it("is on a dashboard by CloudWatch's rules", () => {
    const dashboard = inputsOf(on("production"), "aws:cloudwatch/dashboard:Dashboard", "Dashboard");
    const { widgets } = JSON.parse(dashboard.dashboardBody as string) as { widgets: readonly Widget[] };
    expect(dashboard.dashboardName).toMatch(/^[\w-]{1,255}$/);
    expect(widgets.length).toBeLessThanOrEqual(500);
    const taken = new Set<string>();
    for (const { type, x, y, width, height, properties } of widgets) {
      expect(type).toBe("metric");
      expect(x + width).toBeLessThanOrEqual(24);
      expect(properties.region).toBe("eu-central-1");
      expect(taken).not.toContain(`${x} ${y}`);
      taken.add(`${x} ${y}`);
      expect(height).toBeLessThanOrEqual(1000);
      for (const metric of properties.metrics) {
        const [first, name] = metric;
        if (typeof first === "string") {
          expect([first, Object.keys(STAGE_METRICS)]).toEqual([
            "PromptOps/production",
            expect.arrayContaining([name]),
          ]);
        } else {
          expect(first).toMatchObject({
            expression: expect.stringMatching(
              /^SEARCH\('\{PromptOps,PromptId(,Version)?\} MetricName="(Invocations|Failures|Latency|CostUsd|InputTokens|OutputTokens)"', '(Sum|p95)', 300\)$/,
            ),
          });
        }
      }
    }
  });
});

const PROMPT: Prompt = {
  ...definition(),
  contentHash: "c".repeat(64),
  source: "memory",
  ageMs: 0,
  render: () => ({ text: "" }),
};
