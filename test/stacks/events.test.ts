import { EVENT_COLUMNS, EVENT_FILTER_PATTERN, PARTITIONS } from "@promptops/events";
import { expect, it } from "vitest";
import { describeProgram, inputsOf, resourcesOf } from "./describe-program.ts";
import { STAGE_KINDS } from "./stages.ts";

const STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";

interface S3Configuration {
  readonly bufferingSize: number;
  readonly bufferingInterval: number;
  readonly prefix: string;
  readonly errorOutputPrefix: string;
  readonly compressionFormat?: string;
  readonly processingConfiguration: {
    readonly processors: readonly {
      readonly type: string;
      readonly parameters: readonly { readonly parameterName: string; readonly parameterValue: string }[];
    }[];
  };
  readonly dataFormatConversionConfiguration: { readonly schemaConfiguration: object };
}

describeProgram("the way of an event", (on) => {
  it.each(STAGE_KINDS)("ends on a %s stage in a table that has the columns of events", (kind) => {
    const table = inputsOf(on(kind), "aws:glue/catalogTable:CatalogTable", "EventsTable");
    const { columns, location } = table.storageDescriptor as { columns: unknown; location: string };
    expect(columns).toEqual(EVENT_COLUMNS);
    expect(table.partitionKeys).toEqual(PARTITIONS);
    const parameters = table.parameters as Readonly<Record<string, string>>;
    expect(location).toMatch(/^s3:\/\/.*\/events\/$/);
    expect(parameters["storage.location.template"]).toBe(`${location}dt=\${dt}/hour=\${hour}/`);
    for (const { name } of PARTITIONS) expect(parameters).toHaveProperty([`projection.${name}.type`]);
  });

  it.each(["EventsFromLogs", "EventsDirect"])("leads through %s by Firehose's rules", (name) => {
    const stream = inputsOf(on("production"), STREAM, name);
    const s3 = stream.extendedS3Configuration as S3Configuration;
    const { processors } = s3.processingConfiguration;
    // Logs are unpacked before their lines are taken apart, and those before anything is read in them.
    expect(processors.map(({ type }) => type)).toEqual([
      ...(name === "EventsFromLogs" ? ["Decompression", "CloudWatchLogProcessing"] : []),
      "RecordDeAggregation",
      "MetadataExtraction",
    ]);
    const values = new Map(
      processors.flatMap(({ parameters }) =>
        parameters.map(({ parameterName, parameterValue }) => [parameterName, parameterValue]),
      ),
    );
    // Each key that the query gives is in the prefix, as folders of the table.
    const keys = [...(values.get("MetadataExtractionQuery") ?? "").matchAll(/(\w+):\./g)].map(
      ([, key]) => key,
    );
    expect(keys).toEqual(PARTITIONS.map(({ name: key }) => key));
    expect(s3.prefix).toBe(`events/${keys.map((key) => `${key}=!{partitionKeyFromQuery:${key}}/`).join("")}`);
    expect(s3.errorOutputPrefix).toMatch(/^errors\/.*!\{firehose:error-output-type\}/);
    // With partitioning and conversion, no buffer may be smaller, and Parquet does its own compression.
    expect(s3.bufferingSize).toBeGreaterThanOrEqual(64);
    expect(s3.bufferingSize).toBeLessThanOrEqual(128);
    expect(s3.bufferingInterval).toBeLessThanOrEqual(900);
    expect(s3).not.toHaveProperty("compressionFormat");
    expect(s3.dataFormatConversionConfiguration.schemaConfiguration).toMatchObject({
      databaseName: on("production").outputs.eventsDatabase,
      tableName: "events",
    });
  });

  it.each(STAGE_KINDS)("begins on a %s stage at the log of each function", (kind) => {
    const groups = resourcesOf(on(kind), "aws:lambda/function:Function").map(
      ({ inputs }) => (inputs.loggingConfig as { logGroup: string }).logGroup,
    );
    const filters = resourcesOf(on(kind), "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter");
    expect(filters.map(({ inputs }) => inputs.logGroup)).toEqual(groups);
    for (const { inputs } of filters) {
      expect(inputs.filterPattern).toBe(EVENT_FILTER_PATTERN);
      expect(inputs.destinationArn).toMatch(/events-from-logs$/);
    }
  });

  it("tells of events that come late, and of those that do not fit", () => {
    const late = ["EventsFromLogsLate", "EventsDirectLate"].map((name) =>
      inputsOf(on("production"), "aws:cloudwatch/metricAlarm:MetricAlarm", name),
    );
    expect(late.map(({ dimensions }) => dimensions)).toEqual([
      { DeliveryStreamName: "promptops-production-events-from-logs" },
      { DeliveryStreamName: "promptops-production-events-direct" },
    ]);
    const rule = inputsOf(on("production"), "aws:cloudwatch/eventRule:EventRule", "EventErrors");
    const bucket = inputsOf(on("production"), "aws:s3/bucket:Bucket", "LakeBucket").bucket;
    expect(JSON.parse(rule.eventPattern as string)).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [bucket] }, object: { key: [{ prefix: "errors/" }] } },
    });
    expect(
      inputsOf(on("production"), "aws:s3/bucketNotification:BucketNotification", "LakeNotification"),
    ).toEqual({
      bucket,
      eventbridge: true,
    });
  });
});
