/**
 * A stage as its services have it. Tests bend one thing of a good one. Names and values are those of the answers that
 * show them; a time is a Date, and goes over the wire as each protocol has it.
 */
export interface StageParts {
  /** Who the caller is, to STS. */
  caller: { account: string; arn: string };
  /** The parameter of Systems Manager, where there is one. */
  parameter: { name: string; value: string } | undefined;
  table: Table | undefined;
  recovery: { PointInTimeRecoveryStatus: string; RecoveryPeriodInDays?: number };
  timeToLive: { TimeToLiveStatus: string; AttributeName?: string };
  /** The table's own, JSON. */
  policy: string | undefined;
  pipe: Pipe | undefined;
  blobs: { name: string; versioning: string | undefined; policy: string | undefined };
  lake: { name: string; objects: { key: string; at: Date }[] };
  streams: DeliveryStream[];
  functions: LambdaFunction[];
  layer: { arn: string; versions: number[] };
  topic: { arn: string; subscriptions: { SubscriptionArn: string; Protocol: string; Endpoint: string }[] };
  alarms: MetricAlarm[];
}

interface KeyElement {
  AttributeName: string;
  KeyType: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html */
interface Table {
  TableName: string;
  TableArn: string;
  TableStatus: string;
  KeySchema: KeyElement[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes: {
    IndexName: string;
    IndexStatus: string;
    KeySchema: KeyElement[];
    Projection: { ProjectionType: string };
  }[];
  BillingModeSummary?: { BillingMode: string };
  DeletionProtectionEnabled: boolean;
  StreamSpecification?: { StreamEnabled: boolean; StreamViewType: string };
  LatestStreamArn?: string;
  Replicas?: { RegionName: string; ReplicaStatus: string }[];
  ItemCount: number;
}

/** https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_DescribePipe.html */
interface Pipe {
  Name: string;
  CurrentState: string;
  DesiredState: string;
  StateReason?: string;
  Source: string;
  Target: string;
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeliveryStreamDescription.html */
interface DeliveryStream {
  DeliveryStreamName: string;
  DeliveryStreamStatus: string;
  FailureDescription?: { Type: string; Details: string };
  Destinations: {
    DestinationId: string;
    ExtendedS3DestinationDescription: {
      BucketARN: string;
      DataFormatConversionConfiguration: {
        Enabled: boolean;
        SchemaConfiguration: { DatabaseName: string; TableName: string };
      };
    };
  }[];
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
interface LambdaFunction {
  FunctionName: string;
  Runtime: string;
  State: string;
  StateReason?: string;
  LastUpdateStatus: string;
  LastUpdateStatusReason?: string;
  Environment: { Variables: Record<string, string> };
  Layers: { Arn: string }[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
interface MetricAlarm {
  AlarmName: string;
  AlarmDescription: string;
  ActionsEnabled: boolean;
  AlarmActions: string[];
  OKActions: string[];
  StateValue: string;
  StateReason: string;
  StateUpdatedTimestamp: Date;
}
