import type { StageMetricName } from "./stage-metrics.ts";

/** CloudWatch's grid is 24 wide. */
const WIDTH = 12;
const HEIGHT = 6;
const PERIOD = 300;

interface Place {
  readonly region: string;
  /** Of the stage's own metrics. */
  readonly namespace: string;
}

type Metric = readonly unknown[];

/**
 * The dashboard of a stage, in CloudWatch's own form: the stage as a whole above, by prompt and by version below.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardBody({ region, namespace }: Place): string {
  const ofStage = (name: StageMetricName, stat: string): Metric => [namespace, name, { stat }];
  const byPrompt = (dimensions: string, metric: string, stat: string): Metric => [
    {
      expression: `SEARCH('{PromptOps,${dimensions}} MetricName="${metric}"', '${stat}', ${PERIOD})`,
      id: "e1",
    },
  ];
  const graphs: readonly (readonly [title: string, metrics: readonly Metric[], stacked?: true])[] = [
    ["Calls", [ofStage("Completed", "Sum"), ofStage("Failed", "Sum")], true],
    ["Latency, ms", ["p50", "p95", "p99"].map((stat) => ofStage("LatencyMs", stat))],
    ["Cost, US dollars", [ofStage("CostUsd", "Sum")]],
    [
      "Prompts that were not read from the ledger",
      [ofStage("ReadFailed", "Sum"), ofStage("ServedStale", "Sum"), ofStage("ServedFromSnapshot", "Sum")],
    ],
    ["Calls by prompt and version", [byPrompt("PromptId,Version", "Invocations", "Sum")], true],
    ["Failures by prompt and version", [byPrompt("PromptId,Version", "Failures", "Sum")], true],
    ["Latency by prompt and version, p95, ms", [byPrompt("PromptId,Version", "Latency", "p95")]],
    ["Cost by prompt and version, US dollars", [byPrompt("PromptId,Version", "CostUsd", "Sum")], true],
    ["Input tokens by prompt", [byPrompt("PromptId", "InputTokens", "Sum")], true],
    ["Output tokens by prompt", [byPrompt("PromptId", "OutputTokens", "Sum")], true],
  ];
  const widgets = graphs.map(([title, metrics, stacked], at) => ({
    type: "metric",
    x: (at % 2) * WIDTH,
    y: Math.floor(at / 2) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: { title, region, view: "timeSeries", stacked: stacked ?? false, period: PERIOD, metrics },
  }));
  return JSON.stringify({ widgets });
}
