import { type ObservedEvent, observe, type Prompt, sendEventsTo } from "@promptops/core";
import { dashboardFaults } from "@promptops/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dashboardBody } from "../../stacks/dashboard.ts";
import { STAGE_METRICS, type StageMetricName } from "../../stacks/stage-metrics.ts";
import { describeProgram, inputsOf, logsOfCalls, resourcesOf } from "./describe-program.ts";
import { eventLines, PROMPT } from "./log-lines.ts";
import { parseFilterPattern } from "./rules/filter-pattern.ts";
import { STAGE_KINDS, STAGES } from "./stages.ts";

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
        parseFilterPattern(pattern).passes(line) &&
        (value === "1" || typeof members[value.slice("$.".length)] === "number")
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
  });

  it.each(STAGE_KINDS)("has a filter on a %s stage for each metric in each log of calls", (kind) => {
    const { stage } = STAGES[kind];
    const filters = resourcesOf(on(kind), "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(
      ({ inputs }) => inputs,
    );
    const groups = logsOfCalls(on(kind));
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
      "promptops-production-pins-on-dashboard-errors",
      "promptops-production-pins-on-dashboard-throttles",
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

  it.each(STAGE_KINDS)("is on a dashboard by CloudWatch's rules on a %s stage", (kind) => {
    const dashboard = inputsOf(on(kind), "aws:cloudwatch/dashboard:Dashboard", "Dashboard");
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    expect(dashboard.dashboardName).toMatch(/^[\w-]{1,255}$/);
    expect(dashboardFaults(dashboard.dashboardBody as string)).toEqual([]);
  });

  it("is on the dashboard of metrics that there are", async () => {
    const { dashboardBody: body } = inputsOf(
      on("production"),
      "aws:cloudwatch/dashboard:Dashboard",
      "Dashboard",
    );
    const { widgets } = JSON.parse(body as string) as {
      widgets: readonly { properties: { region: string; metrics: readonly (readonly unknown[])[] } }[];
    };
    const events = Object.values(await eventLines()).map((line) => JSON.parse(line) as EmbeddedMetrics);
    const embedded = events.flatMap(({ _aws }) => _aws?.CloudWatchMetrics ?? []);
    const found = widgets.flatMap(({ properties: { region, metrics } }) => {
      expect(region).toBe("eu-central-1");
      return metrics.map(([first, name]) => {
        if (typeof first === "string") return `${first} ${name}`;
        const { expression } = first as { expression: string };
        const [, namespace, dimensions = "", metric] = SEARCH.exec(expression) ?? [];
        // The lines of functions have such a metric, with these dimensions.
        const made = embedded.filter(
          ({ Namespace, Dimensions, Metrics }) =>
            Namespace === namespace &&
            Dimensions.some((names) => names.join() === dimensions) &&
            Metrics.some(({ Name }) => Name === metric),
        );
        expect(made.length, expression).toBeGreaterThan(0);
        return expression;
      });
    });
    const ofStage = found.filter((metric) => metric.startsWith("PromptOps/production "));
    expect(new Set(ofStage)).toEqual(
      new Set(Object.keys(STAGE_METRICS).map((name) => `PromptOps/production ${name}`)),
    );
    expect(found.length).toBeGreaterThan(ofStage.length);
  });
});

// Of the function by itself, where the program cannot be evaluated.
it("a dashboard's body keeps CloudWatch's rules", () => {
  expect(dashboardFaults(dashboardBody({ region: "eu-central-1", namespace: "PromptOps/ada" }))).toEqual([]);
});

const SEARCH = /^SEARCH\('\{(\w+),([\w,]+)\} MetricName="(\w+)"'/;

interface EmbeddedMetrics {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}
