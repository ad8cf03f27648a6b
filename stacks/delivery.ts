/// <reference path="../.sst/platform/config.d.ts" />
import { type createLake, LAKE } from "./lake.ts";
import { createServiceRole } from "./service-role.ts";
import { nameOf, type Stage } from "./stage.ts";

type Lake = ReturnType<typeof createLake>;
type Processor =
  aws.types.input.kinesis.FirehoseDeliveryStreamExtendedS3ConfigurationProcessingConfigurationProcessor;

/** Dynamic partitioning takes no smaller buffers, in MB. */
const BUFFER_MB = 64;
const BUFFER_SECONDS = 300;

/** Each line by itself; then the day and the hour at which its event happened. */
const PARTITIONING: readonly Processor[] = [
  processor("RecordDeAggregation", { SubRecordType: "JSON" }),
  processor("MetadataExtraction", {
    MetadataExtractionQuery: "{dt:.timestamp[0:10],hour:.timestamp[11:13]}",
    JsonParsingEngine: "JQ-1.6",
  }),
];

/** What CloudWatch Logs sends is gunzipped, and its messages are taken out of it. */
const FROM_LOGS: readonly Processor[] = [
  processor("Decompression", { CompressionFormat: "GZIP" }),
  processor("CloudWatchLogProcessing", { DataMessageExtraction: "true" }),
];

/**
 * The streams into the lake: one for log groups, one for programs that send events themselves. A stream that decompresses
 * logs refuses what is put directly.
 */
export function createDelivery(stage: Stage, lake: Lake) {
  const logGroup = new aws.cloudwatch.LogGroup("DeliveryLog", {
    name: `/aws/kinesisfirehose/${nameOf(stage, "events")}`,
    retentionInDays: 30,
  });
  const role = createRole(stage, lake, logGroup);
  const stream = (name: string, thing: string, processors: readonly Processor[]) => {
    // Firehose makes none by itself.
    const errors = new aws.cloudwatch.LogStream(`${name}Errors`, {
      name: thing,
      logGroupName: logGroup.name,
    });
    return new aws.kinesis.FirehoseDeliveryStream(name, {
      name: nameOf(stage, thing),
      destination: "extended_s3",
      extendedS3Configuration: {
        roleArn: role.arn,
        bucketArn: lake.bucket.arn,
        prefix: `${LAKE.events}dt=!{partitionKeyFromQuery:dt}/hour=!{partitionKeyFromQuery:hour}/`,
        errorOutputPrefix: `${LAKE.errors}!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/`,
        bufferingSize: BUFFER_MB,
        bufferingInterval: BUFFER_SECONDS,
        dynamicPartitioningConfiguration: { enabled: true },
        processingConfiguration: { enabled: true, processors: [...processors] },
        dataFormatConversionConfiguration: {
          enabled: true,
          inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
          outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "SNAPPY" } } },
          schemaConfiguration: {
            roleArn: role.arn,
            databaseName: lake.database.name,
            tableName: lake.table.name,
            versionId: "LATEST",
          },
        },
        cloudwatchLoggingOptions: {
          enabled: true,
          logGroupName: logGroup.name,
          logStreamName: errors.name,
        },
      },
    });
  };
  return {
    fromLogs: stream("EventsFromLogs", "events-from-logs", [...FROM_LOGS, ...PARTITIONING]),
    direct: stream("EventsDirect", "events-direct", PARTITIONING),
  };
}

function processor(type: string, parameters: Readonly<Record<string, string>>): Processor {
  return {
    type,
    parameters: Object.entries(parameters).map(([parameterName, parameterValue]) => ({
      parameterName,
      parameterValue,
    })),
  };
}

function createRole(stage: Stage, { bucket, database, table }: Lake, logGroup: aws.cloudwatch.LogGroup) {
  const catalog = database.arn.apply((arn) => arn.replace(/:database\/.*/, ":catalog"));
  return createServiceRole(stage, "DeliveryRole", {
    thing: "delivery",
    service: "firehose",
    may: [
      {
        actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
        resources: [$interpolate`${bucket.arn}/*`],
      },
      {
        actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        resources: [bucket.arn],
      },
      {
        actions: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
        resources: [catalog, database.arn, table.arn],
      },
      { actions: ["logs:PutLogEvents"], resources: [$interpolate`${logGroup.arn}:*`] },
    ],
  });
}
