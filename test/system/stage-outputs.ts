import type { StageOutputs } from "@promptops/stage";
import { type Reply, replyJson } from "@promptops/testing";

/** What a deployment says of a stage. */
export const OUTPUTS: StageOutputs = {
  stage: "production",
  account: "123456789012",
  region: "eu-central-1",
  keepsLedger: true,
  breakGlassRole: "arn:aws:iam::123456789012:role/break-glass",
  table: "promptops-production-ledger",
  blobs: "s3://promptops-production-blobs",
  readerPolicy: "arn:aws:iam::123456789012:policy/promptops-production-ledger-reader",
  layer: "arn:aws:lambda:eu-central-1:123456789012:layer:promptops-production-layer:1",
  functions: ["promptops-production-intent-classifier"],
  alarms: "arn:aws:sns:eu-central-1:123456789012:promptops-production-alarms",
  tamperAlarm: "promptops-production-tamper-alarm",
  dashboard: "promptops-production-calls",
  batchBucket: "promptops-production-batch",
  stateMachine: "arn:aws:states:eu-central-1:123456789012:stateMachine:promptops-production-batch",
  bedrockRole: "arn:aws:iam::123456789012:role/promptops-production-bedrock-batch",
  lake: "promptops-production-lake",
  eventsDatabase: "promptops_production_events",
  eventsWorkgroup: "promptops-production-events",
  eventsStream: "promptops-production-events-direct",
  logsStream: "promptops-production-events-from-logs",
};

/**
 * The account's answer to who asks for them.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
export const parameter = (value: object): Reply =>
  replyJson(200, {
    Parameter: { Name: "/promptops/production", Type: "String", Value: JSON.stringify(value), Version: 1 },
  });
