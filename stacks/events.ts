/// <reference path="../.sst/platform/config.d.ts" />
import { EVENT_FILTER_PATTERN } from "@promptops/events";
import { createAlarm } from "./alarm.ts";
import { createDelivery } from "./delivery.ts";
import { createLake, LAKE } from "./lake.ts";
import { createServiceRole } from "./service-role.ts";
import { nameOf, type Stage } from "./stage.ts";

/** Firehose waits five minutes for more. */
const FRESH_SECONDS = 900;

/** The way of an event line: from the logs of functions through Firehose into the lake. */
export function createEvents(
  stage: Stage,
  alarms: aws.sns.Topic,
  functions: Readonly<Record<string, sst.aws.Function>>,
) {
  const lake = createLake(stage);
  const { fromLogs, direct } = createDelivery(stage, lake);
  const role = createServiceRole(stage, "SubscriptionRole", {
    thing: "log-subscription",
    service: "logs",
    may: [{ actions: ["firehose:PutRecord", "firehose:PutRecordBatch"], resources: [fromLogs.arn] }],
  });
  for (const [name, { nodes }] of Object.entries(functions)) {
    new aws.cloudwatch.LogSubscriptionFilter(`${name}Events`, {
      name: "events",
      logGroup: nodes.function.loggingConfig.logGroup,
      filterPattern: EVENT_FILTER_PATTERN,
      destinationArn: fromLogs.arn,
      roleArn: role.arn,
      distribution: "ByLogStream",
    });
  }
  for (const [name, { name: stream }] of Object.entries({ FromLogs: fromLogs, Direct: direct })) {
    createAlarm(stage, alarms, `Events${name}Late`, {
      about: "Events do not reach the lake. Look at the stream's log, /aws/kinesisfirehose/…",
      namespace: "AWS/Firehose",
      metric: "DeliveryToS3.DataFreshness",
      dimensions: { DeliveryStreamName: stream },
      statistic: "Maximum",
      over: FRESH_SECONDS,
      periods: 3,
    });
  }
  alarmOnErrors(stage, alarms, lake.bucket);
  return { lake, fromLogs, direct };
}

/** Whatever Firehose cannot put into the table is an object under its error prefix, for whichever reason. */
function alarmOnErrors(stage: Stage, topic: aws.sns.Topic, bucket: sst.aws.Bucket): void {
  new aws.s3.BucketNotification("LakeNotification", { bucket: bucket.name, eventbridge: true });
  const rule = new aws.cloudwatch.EventRule("EventErrors", {
    name: nameOf(stage, "event-errors"),
    description: "Events that do not fit the lake's table",
    eventPattern: $jsonStringify({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [bucket.name] }, object: { key: [{ prefix: LAKE.errors }] } },
    }),
  });
  new aws.cloudwatch.EventTarget("EventErrorsAlarm", {
    rule: rule.name,
    arn: topic.arn,
    targetId: "alarms",
    inputTransformer: {
      inputPaths: { bucket: "$.detail.bucket.name", key: "$.detail.object.key" },
      inputTemplate: `"Events that do not fit the table of PromptOps: s3://<bucket>/<key>"`,
    },
  });
}
