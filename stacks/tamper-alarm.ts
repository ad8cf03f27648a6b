/// <reference path="../.sst/platform/config.d.ts" />
import { createAlarm } from "./alarm.ts";
import type { createLedger } from "./ledger.ts";
import { createServiceRole } from "./service-role.ts";
import { nameOf, type Stage } from "./stage.ts";

/** Items are inserted and nothing else: any other record of the stream is somebody's doing. */
const TAMPERING = { eventName: ["MODIFY", "REMOVE"] };
/** Which item it was, not what it holds. JSON, once the pipe has put the record's values in. */
const MESSAGE = `{
  "message": "An item of the PromptOps ledger was changed or removed",
  "then": "Look for the caller in CloudTrail's data events, and run: npx promptops verify",
  "change": "<$.eventName>",
  "keys": <$.dynamodb.Keys>,
  "stream": "<$.eventSourceARN>",
  "record": "<$.eventID>"
}`;

/**
 * Tells the recipients of alarms of each item of the ledger that was changed or removed.
 *
 * @param slow is made first: a pipe whose role is a few seconds old cannot read its stream, and fails for good.
 *   https://github.com/hashicorp/terraform-provider-aws/issues/40572
 */
export function createTamperAlarm(
  stage: Stage,
  ledger: ReturnType<typeof createLedger>,
  topic: aws.sns.Topic,
  slow: readonly $util.Resource[],
) {
  const stream = ledger.table.streamArn;
  const role = createServiceRole(stage, "TamperAlarmRole", {
    thing: "tamper-alarm",
    service: "pipes",
    may: [
      {
        actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        resources: [stream],
      },
      { actions: ["dynamodb:ListStreams"], resources: ["*"] },
      { actions: ["sns:Publish"], resources: [topic.arn] },
    ],
  });
  const pipe = new aws.pipes.Pipe(
    "TamperAlarm",
    {
      name: nameOf(stage, "tamper-alarm"),
      description: "Pages when an item of the ledger is changed or removed",
      roleArn: role.arn,
      source: stream,
      sourceParameters: {
        dynamodbStreamParameters: { startingPosition: "TRIM_HORIZON", batchSize: 1 },
        filterCriteria: { filters: [{ pattern: JSON.stringify(TAMPERING) }] },
      },
      target: topic.arn,
      targetParameters: { inputTemplate: MESSAGE },
    },
    { dependsOn: [role, ...slow] },
  );
  createAlarm(stage, topic, "TamperAlarmFails", {
    about: "Nobody is told of changes to the ledger: the pipe from its stream fails",
    namespace: "AWS/EventBridge/Pipes",
    metric: "ExecutionFailed",
    dimensions: { PipeName: pipe.name },
    statistic: "Sum",
    over: 0,
    periods: 1,
  });
  return pipe;
}
