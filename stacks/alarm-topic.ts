/// <reference path="../.sst/platform/config.d.ts" />
import { nameOf, type Stage } from "./stage.ts";

/** The services that publish under their own names; the tamper alarm has a role. */
const PUBLISHERS = ["cloudwatch.amazonaws.com", "events.amazonaws.com"];

/** Where alarms go. Each recipient is asked by mail to confirm. */
export function createAlarmTopic(stage: Stage) {
  const topic = new aws.sns.Topic("Alarms", { name: nameOf(stage, "alarms") });
  new aws.sns.TopicPolicy("AlarmsPolicy", {
    arn: topic.arn,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          principals: [{ type: "Service", identifiers: PUBLISHERS }],
          actions: ["sns:Publish"],
          resources: [topic.arn],
          conditions: [
            {
              test: "StringEquals",
              variable: "aws:SourceAccount",
              values: [aws.getCallerIdentityOutput().accountId],
            },
          ],
        },
      ],
    }).json,
  });
  for (const [at, endpoint] of stage.alarmRecipients.entries()) {
    new aws.sns.TopicSubscription(`AlarmRecipient${at + 1}`, {
      topic: topic.arn,
      protocol: "email",
      endpoint,
    });
  }
  return topic;
}
