/// <reference path="../.sst/platform/config.d.ts" />
import { nameOf, type Stage } from "./stage.ts";

/** Lets a service publish under its own name; the tamper alarm has a role. */
const publishing = (service: string, topic: aws.sns.Topic) => ({
  principals: [{ type: "Service", identifiers: [`${service}.amazonaws.com`] }],
  actions: ["sns:Publish"],
  resources: [topic.arn],
});

/** Where alarms go. Each recipient is asked by mail to confirm. */
export function createAlarmTopic(stage: Stage) {
  const topic = new aws.sns.Topic("Alarms", { name: nameOf(stage, "alarms") });
  new aws.sns.TopicPolicy("AlarmsPolicy", {
    arn: topic.arn,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          ...publishing("cloudwatch", topic),
          conditions: [
            {
              test: "StringEquals",
              variable: "aws:SourceAccount",
              values: [aws.getCallerIdentityOutput().accountId],
            },
          ],
        },
        // EventBridge publishes to no topic whose policy has conditions, and says so nowhere.
        publishing("events", topic),
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
