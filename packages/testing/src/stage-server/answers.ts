import { AwsError } from "./aws-error.ts";
import type { StageParts } from "./parts.ts";

/** What a service answers to an operation, given what was asked. */
export type Answer = (parts: StageParts, input: Readonly<Record<string, unknown>>) => object;

/** By the permission that each takes. */
export const ANSWERS: Readonly<Record<string, Answer>> = {
  /** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
  "sts:GetCallerIdentity": ({ caller }) => ({
    Arn: caller.arn,
    UserId: "AROA123:ada",
    Account: caller.account,
  }),

  /** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
  "ssm:GetParameter": ({ parameter }, { Name }) => {
    if (parameter === undefined || parameter.name !== Name) throw new AwsError(400, "ParameterNotFound", "");
    return { Parameter: { Name, Type: "String", Value: parameter.value, Version: 1, DataType: "text" } };
  },

  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html */
  "dynamodb:DescribeTable": (parts, { TableName }) => ({ Table: tableOf(parts, TableName) }),

  /** Of the errors of a missing table, this operation has its own: …/API_DescribeContinuousBackups.html */
  "dynamodb:DescribeContinuousBackups": ({ table, recovery }, { TableName }) => {
    if (table?.TableName !== TableName) {
      throw new AwsError(400, "TableNotFoundException", `Table not found: ${TableName}`);
    }
    const PointInTimeRecoveryDescription = {
      ...recovery,
      ...(recovery.PointInTimeRecoveryStatus === "ENABLED" && {
        EarliestRestorableDateTime: new Date("2026-05-01T08:00:00Z"),
        LatestRestorableDateTime: new Date(Date.now() - 5 * 60_000),
      }),
    };
    return {
      ContinuousBackupsDescription: { ContinuousBackupsStatus: "ENABLED", PointInTimeRecoveryDescription },
    };
  },

  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html */
  "dynamodb:DescribeTimeToLive": (parts, { TableName }) => {
    tableOf(parts, TableName);
    return { TimeToLiveDescription: parts.timeToLive };
  },

  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html */
  "dynamodb:GetResourcePolicy": ({ table, policy }, { ResourceArn }) => {
    if (table?.TableArn !== ResourceArn) {
      throw new AwsError(400, "ResourceNotFoundException", `Requested resource not found: ${ResourceArn}`);
    }
    if (policy === undefined) {
      throw new AwsError(
        400,
        "PolicyNotFoundException",
        `Resource-based policy not found for the provided ResourceArn: ${ResourceArn}`,
      );
    }
    return { Policy: policy, RevisionId: "1714550400000" };
  },

  /** https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_DescribePipe.html */
  "pipes:DescribePipe": ({ pipe }, { Name }) => {
    if (pipe?.Name !== Name) throw new AwsError(404, "NotFoundException", `Pipe ${Name} does not exist.`);
    return { ...pipe, CreationTime: new Date("2026-05-01T08:00:00Z") };
  },

  /** https://docs.aws.amazon.com/firehose/latest/APIReference/API_DescribeDeliveryStream.html */
  "firehose:DescribeDeliveryStream": ({ streams }, { DeliveryStreamName: name }) => {
    const stream = streams.find(({ DeliveryStreamName }) => DeliveryStreamName === name);
    if (stream === undefined) {
      const message = `Firehose ${name} under account 123456789012 not found.`;
      throw new AwsError(400, "ResourceNotFoundException", message);
    }
    const more = { DeliveryStreamType: "DirectPut", VersionId: "1", HasMoreDestinations: false };
    return { DeliveryStreamDescription: { ...stream, ...more } };
  },

  /** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
  "lambda:GetFunctionConfiguration": ({ functions }, { FunctionName: name }) => {
    const found = functions.find(({ FunctionName }) => FunctionName === name);
    if (found !== undefined) return found;
    const message = `Function not found: arn:aws:lambda:eu-central-1:123456789012:function:${name}`;
    throw new AwsError(404, "ResourceNotFoundException", message);
  },

  /** Newest first: https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html */
  "lambda:ListLayerVersions": ({ layer }, { LayerName }) => ({
    LayerVersions: (layer.arn.endsWith(`:${LayerName}`) ? layer.versions : []).map((Version) => ({
      LayerVersionArn: `${layer.arn}:${Version}`,
      Version,
      CompatibleRuntimes: ["nodejs24.x"],
    })),
  }),

  /** 100 to a page: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
  "sns:ListSubscriptionsByTopic": ({ topic }, { TopicArn, NextToken }) => {
    if (topic.arn !== TopicArn) throw new AwsError(404, "NotFound", "Topic does not exist");
    const { items, next } = page(topic.subscriptions, 100, NextToken);
    return {
      Subscriptions: items.map((subscription) => ({ ...subscription, TopicArn, Owner: "123456789012" })),
      ...next,
    };
  },

  /** 50 to a page, unless asked for up to 100: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
  "cloudwatch:DescribeAlarms": ({ alarms }, { AlarmNamePrefix = "", NextToken, MaxRecords = 50 }) => {
    const named = alarms.filter(({ AlarmName }) => AlarmName.startsWith(String(AlarmNamePrefix)));
    const { items, next } = page(named, Number(MaxRecords), NextToken);
    return { MetricAlarms: items, CompositeAlarms: [], ...next };
  },
};

function tableOf({ table }: StageParts, name: unknown): object {
  if (table !== undefined && table.TableName === name) return table;
  const message = `Requested resource not found: Table: ${name} not found`;
  throw new AwsError(400, "ResourceNotFoundException", message);
}

function page<Item>(all: readonly Item[], size: number, token: unknown) {
  const start = Number(token ?? 0);
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? { NextToken: String(end) } : {} };
}
