/// <reference path="../.sst/platform/config.d.ts" />
import { createAlarm } from "./alarm.ts";
import { dashboardBody } from "./dashboard.ts";
import { alarmOnFunction } from "./function.ts";
import { nameOf, type Stage } from "./stage.ts";
import { STAGE_METRICS, type StageMetricName } from "./stage-metrics.ts";

/** What is too much, of five minutes where it is a sum. */
const LIMITS = { failedPercent: 10, p95Ms: 10_000, costUsd: 10, readFailed: 20, servedStale: 0 } as const;

/** The metrics of the stage as a whole, a dashboard, and alarms on what its users would notice. */
export function createObservability(
  stage: Stage,
  topic: aws.sns.Topic,
  functions: Readonly<Record<string, sst.aws.Function>>,
) {
  const namespace = `PromptOps/${stage.name}`;
  for (const [name, fn] of Object.entries(functions)) {
    for (const [metric, { pattern, value }] of Object.entries(STAGE_METRICS)) {
      new aws.cloudwatch.LogMetricFilter(`${name}${metric}`, {
        name: metric,
        logGroupName: fn.nodes.function.loggingConfig.logGroup,
        pattern,
        metricTransformation: { namespace, name: metric, value },
      });
    }
    alarmOnFunction(stage, topic, name, fn);
  }
  const watch = (
    name: string,
    metric: StageMetricName,
    about: string,
    statistic: "Sum" | "p95",
    over: number,
    periods: number,
  ) => createAlarm(stage, topic, name, { about, namespace, metric, statistic, over, periods });
  watch("CallsSlow", "LatencyMs", "Calls of models take long", "p95", LIMITS.p95Ms, 3);
  watch("CallsCostly", "CostUsd", "Calls of models cost more than they should", "Sum", LIMITS.costUsd, 1);
  watch(
    "LedgerUnread",
    "ReadFailed",
    "The ledger cannot be read: prompts that are held are served on",
    "Sum",
    LIMITS.readFailed,
    3,
  );
  watch(
    "PromptsStale",
    "ServedStale",
    "Prompts are served that the ledger has not confirmed",
    "Sum",
    LIMITS.servedStale,
    3,
  );
  alarmOnFailures(stage, topic, namespace);
  return new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: nameOf(stage, "calls"),
    dashboardBody: aws.getRegionOutput().region.apply((region) => dashboardBody({ region, namespace })),
  });
}

/** The share of calls that fail. Where hardly anybody calls, it takes three. */
function alarmOnFailures(stage: Stage, topic: aws.sns.Topic, namespace: string): void {
  const count = (id: string, metricName: StageMetricName) => ({
    id,
    metric: { namespace, metricName, period: 300, stat: "Sum" },
    returnData: false,
  });
  new aws.cloudwatch.MetricAlarm("CallsFailing", {
    name: nameOf(stage, "calls-failing"),
    alarmDescription: "Calls of models fail",
    metricQueries: [
      count("completed", "Completed"),
      count("failed", "Failed"),
      {
        id: "percent",
        label: "Failed, %",
        expression: "IF(FILL(failed, 0) >= 3, 100 * failed / (failed + FILL(completed, 0)), 0)",
        returnData: true,
      },
    ],
    comparisonOperator: "GreaterThanThreshold",
    threshold: LIMITS.failedPercent,
    evaluationPeriods: 2,
    treatMissingData: "notBreaching",
    alarmActions: [topic.arn],
    okActions: [topic.arn],
  });
}
