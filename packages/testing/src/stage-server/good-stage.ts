import { INDEXES, TABLE_KEY } from "@promptops/core/ledger";
import type { StageParts } from "./parts.ts";

const STAGE = "production";
const REGION = "eu-central-1";
const ACCOUNT = "123456789012";
const BREAK_GLASS = `arn:aws:iam::${ACCOUNT}:role/break-glass`;
const TABLE = `promptops-${STAGE}-ledger`;
const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${TABLE}`;
const STREAM_ARN = `${TABLE_ARN}/stream/2026-05-01T08:00:00.000`;
const BLOBS = `promptops-${STAGE}-blobsbucket-bdvfbzta`;
const LAKE = `promptops-${STAGE}-lakebucket-bdvfbzta`;
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:promptops-${STAGE}-alarms`;
const LAYER = `arn:aws:lambda:${REGION}:${ACCOUNT}:layer:promptops-${STAGE}-layer`;

/** What the deployment of the stage says that {@link goodStage} is: the outputs of production. */
export const GOOD_OUTPUTS = {
  stage: STAGE,
  account: ACCOUNT,
  region: REGION,
  keepsLedger: true,
  breakGlassRole: BREAK_GLASS,
  table: TABLE,
  blobs: `s3://${BLOBS}`,
  readerPolicy: `arn:aws:iam::${ACCOUNT}:policy/promptops-${STAGE}-ledger-reader`,
  layer: `${LAYER}:7`,
  functions: [
    `promptops-${STAGE}-intent-classifier`,
    `promptops-${STAGE}-batch-worker`,
    `promptops-${STAGE}-pins-on-dashboard`,
  ],
  alarms: TOPIC,
  tamperAlarm: `promptops-${STAGE}-tamper-alarm`,
  dashboard: `promptops-${STAGE}-calls`,
  batchBucket: `promptops-${STAGE}-batchbucket-bdvfbzta`,
  stateMachine: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:promptops-${STAGE}-batch`,
  bedrockRole: `arn:aws:iam::${ACCOUNT}:role/promptops-${STAGE}-bedrock-batch`,
  lake: LAKE,
  eventsDatabase: `promptops_${STAGE}_events`,
  eventsWorkgroup: `promptops-${STAGE}-events`,
  eventsStream: `promptops-${STAGE}-events-direct`,
  logsStream: `promptops-${STAGE}-events-from-logs`,
};

/** The stage as it is right after its deployment, with one event four minutes ago. */
export function goodStage(): StageParts {
  const attributes = [TABLE_KEY, ...Object.values(INDEXES)].flatMap(({ hash, range }) => [hash, range]);
  const key = ({ hash, range }: { hash: string; range: string }) => [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
  const event = new Date(Date.now() - 4 * 60_000);
  const [dt, hour] = event.toISOString().split(/[T:]/);
  return {
    caller: { account: ACCOUNT, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/platform/ada` },
    parameter: { name: `/promptops/${STAGE}`, value: JSON.stringify(GOOD_OUTPUTS) },
    table: {
      TableName: TABLE,
      TableArn: TABLE_ARN,
      TableStatus: "ACTIVE",
      KeySchema: key(TABLE_KEY),
      AttributeDefinitions: [...new Set(attributes)].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      GlobalSecondaryIndexes: Object.entries(INDEXES).map(([IndexName, index]) => ({
        IndexName,
        IndexStatus: "ACTIVE",
        KeySchema: key(index),
        Projection: { ProjectionType: "KEYS_ONLY" },
      })),
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      DeletionProtectionEnabled: true,
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      LatestStreamArn: STREAM_ARN,
      ItemCount: 1_204,
    },
    recovery: { PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: 35 },
    timeToLive: { TimeToLiveStatus: "DISABLED" },
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [denial(OVERWRITES, TABLE_ARN), denial(UNDOINGS, TABLE_ARN)],
    }),
    pipe: {
      Name: GOOD_OUTPUTS.tamperAlarm,
      CurrentState: "RUNNING",
      DesiredState: "RUNNING",
      Source: STREAM_ARN,
      Target: TOPIC,
    },
    blobs: { name: BLOBS, versioning: "Enabled", policy: JSON.stringify(blobsPolicy()) },
    lake: {
      name: LAKE,
      objects: [
        {
          key: `events/dt=${dt}/hour=${hour}/promptops-production-events-from-logs-1-${dt}.parquet`,
          at: event,
        },
      ],
    },
    streams: [GOOD_OUTPUTS.eventsStream, GOOD_OUTPUTS.logsStream].map((name) => ({
      DeliveryStreamName: name,
      DeliveryStreamStatus: "ACTIVE",
      Destinations: [
        {
          DestinationId: "destinationId-000000000001",
          ExtendedS3DestinationDescription: {
            BucketARN: `arn:aws:s3:::${LAKE}`,
            DataFormatConversionConfiguration: {
              Enabled: true,
              SchemaConfiguration: { DatabaseName: GOOD_OUTPUTS.eventsDatabase, TableName: "events" },
            },
          },
        },
      ],
    })),
    functions: GOOD_OUTPUTS.functions.map((FunctionName) => {
      const callsModels = !FunctionName.endsWith("-pins-on-dashboard");
      return {
        FunctionName,
        Runtime: "nodejs24.x",
        State: "Active",
        LastUpdateStatus: "Successful",
        Environment: {
          Variables: {
            PROMPTOPS_TABLE: TABLE,
            PROMPTOPS_BLOBS: GOOD_OUTPUTS.blobs,
            ...(callsModels && { PROMPTOPS_MODEL_CALLS: "live" }),
          },
        },
        Layers: callsModels ? [{ Arn: GOOD_OUTPUTS.layer }] : [],
      };
    }),
    layer: { arn: LAYER, versions: [7, 6, 5] },
    topic: {
      arn: TOPIC,
      subscriptions: [
        {
          SubscriptionArn: `${TOPIC}:11111111-2222-3333-4444-555555555555`,
          Protocol: "email",
          Endpoint: "platform@example.com",
        },
      ],
    },
    alarms: ["calls-failing", "calls-slow", "ledger-unread", "tamper-alarm-fails"].map((name) => ({
      AlarmName: `promptops-${STAGE}-${name}`,
      AlarmDescription: `About ${name}`,
      ActionsEnabled: true,
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
      StateValue: "OK",
      StateReason: "Threshold Crossed: no datapoints were received for 1 period",
      StateUpdatedTimestamp: new Date("2026-05-01T08:10:00Z"),
    })),
  };
}

/** As test/stacks/resources/production.yaml has them. */
const OVERWRITES = [
  "dynamodb:BatchWriteItem",
  "dynamodb:DeleteItem",
  "dynamodb:PartiQLDelete",
  "dynamodb:PartiQLUpdate",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
];
const UNDOINGS = [
  "dynamodb:DeleteResourcePolicy",
  "dynamodb:DeleteTable",
  "dynamodb:PutResourcePolicy",
  "dynamodb:UpdateContinuousBackups",
  "dynamodb:UpdateTable",
  "dynamodb:UpdateTimeToLive",
];

function denial(actions: readonly string[], resource: string, conditions: object = {}): object {
  return {
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resource,
    Condition: { ArnNotEquals: { "aws:PrincipalArn": BREAK_GLASS }, ...conditions },
  };
}

function blobsPolicy(): object {
  const objects = `arn:aws:s3:::${BLOBS}/*`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${BLOBS}`, objects],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      denial(["s3:DeleteObject", "s3:DeleteObjectVersion"], objects),
      denial(["s3:PutObject"], objects, { Null: { "s3:if-none-match": "true" } }),
    ],
  };
}
