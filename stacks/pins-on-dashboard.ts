/// <reference path="../.sst/platform/config.d.ts" />
import { alarmOnFunction, createFunction } from "./function.ts";
import type { createLedger } from "./ledger.ts";
import { nameOf, type Stage } from "./stage.ts";

/**
 * Items of the ledger that are drawn. Lambda documents filters on what is within `dynamodb` alone, so that a change of such an item
 * passes as its insertion does; nothing is drawn of it but what the ledger says.
 */
const PINS = {
  dynamodb: {
    NewImage: { type: { S: ["PromptPinned", "PromptUnpinned", "PromptRetired", "PromptRestored"] } },
  },
};

/** Within it, the index that the function reads has caught up with the stream. */
const WINDOW_SECONDS = 5;

/** Lines on the dashboard's graphs at the moments at which prompts were pinned: a function that draws them anew. */
export function createPinsOnDashboard(
  stage: Stage,
  topic: aws.sns.Topic,
  ledger: ReturnType<typeof createLedger>,
  dashboard: aws.cloudwatch.Dashboard,
) {
  const { accountId } = aws.getCallerIdentityOutput();
  const stream = ledger.table.streamArn;
  const fn = createFunction("PinsOnDashboard", stage, ledger, {
    about: "Draws pins onto the dashboard",
    folder: "pins-on-dashboard",
    timeout: "60 seconds",
    permissions: [
      {
        actions: ["cloudwatch:GetDashboard", "cloudwatch:PutDashboard"],
        resources: [$interpolate`arn:aws:cloudwatch::${accountId}:dashboard/${dashboard.dashboardName}`],
      },
      {
        actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        resources: [stream],
      },
      { actions: ["dynamodb:ListStreams"], resources: ["*"] },
    ],
    environment: { PROMPTOPS_DASHBOARD: dashboard.dashboardName },
  });
  alarmOnFunction(stage, topic, "PinsOnDashboard", fn);
  new aws.lambda.EventSourceMapping("PinsOnDashboardStream", {
    functionName: fn.name,
    eventSourceArn: stream,
    startingPosition: "TRIM_HORIZON",
    filterCriteria: { filters: [{ pattern: JSON.stringify(PINS) }] },
    maximumBatchingWindowInSeconds: WINDOW_SECONDS,
    parallelizationFactor: 1,
    // No record matters by itself: the schedule makes up for what is given up here.
    bisectBatchOnFunctionError: false,
    maximumRetryAttempts: 2,
    maximumRecordAgeInSeconds: 3600,
  });
  const rule = new aws.cloudwatch.EventRule("PinsOnDashboardHourly", {
    name: nameOf(stage, "pins-on-dashboard"),
    description: "Removes old lines, and draws those that a deployment removed",
    scheduleExpression: "rate(1 hour)",
  });
  new aws.lambda.Permission("PinsOnDashboardHourlyPermission", {
    function: fn.name,
    action: "lambda:InvokeFunction",
    principal: "events.amazonaws.com",
    sourceArn: rule.arn,
  });
  new aws.cloudwatch.EventTarget("PinsOnDashboardHourlyTarget", {
    rule: rule.name,
    arn: fn.arn,
    targetId: "pins-on-dashboard",
  });
  return fn;
}
