/// <reference path="../.sst/platform/config.d.ts" />
import { nameOf, type Stage } from "./stage.ts";

/** What an alarm watches: a metric, and what is too much of it. */
interface Watched {
  readonly about: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions?: Readonly<Record<string, $util.Input<string>>>;
  readonly statistic: "Maximum" | "Sum" | "p95";
  readonly over: number;
  /** Of five minutes each, that it lasts. */
  readonly periods: number;
}

/** Tells the recipients of alarms when a metric is too high for too long, and when it is well again. No data is well. */
export function createAlarm(stage: Stage, topic: aws.sns.Topic, name: string, watched: Watched) {
  const { about, namespace, metric, dimensions, statistic, over, periods } = watched;
  return new aws.cloudwatch.MetricAlarm(name, {
    name: nameOf(stage, name.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase()),
    alarmDescription: about,
    namespace,
    metricName: metric,
    ...(dimensions && { dimensions }),
    ...(statistic === "p95" ? { extendedStatistic: statistic } : { statistic }),
    comparisonOperator: "GreaterThanThreshold",
    threshold: over,
    period: 300,
    evaluationPeriods: periods,
    treatMissingData: "notBreaching",
    alarmActions: [topic.arn],
    okActions: [topic.arn],
  });
}
