import { EVENT_COLUMNS, EVENT_FILTER_PATTERN, PARTITIONS } from "@promptops/events";
import { expect, it } from "vitest";
import { describeProgram, inputsOf, logsOfCalls, resourcesOf } from "./describe-program.ts";
import type { Evaluation } from "./evaluate.ts";
import { eventLines } from "./log-lines.ts";
import { type DeliveryStream, parameterOf } from "./rules/firehose/stream.ts";
import { firehoseFaults } from "./rules/firehose.ts";
import { partitionOf } from "./rules/partition-query.ts";
import { STAGE_KINDS } from "./stages.ts";

const STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";

function streamOf(evaluation: Evaluation, name: string): DeliveryStream {
  return inputsOf(evaluation, STREAM, name) as unknown as DeliveryStream;
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

  it.each(STAGE_KINDS)("leads on a %s stage through streams by Firehose's rules", (kind) => {
    const streams = resourcesOf(on(kind), STREAM);
    expect(streams.map(({ name }) => name)).toEqual(["EventsDirect", "EventsFromLogs"]);
    for (const { name, inputs } of streams) {
      expect(firehoseFaults(inputs as unknown as DeliveryStream), name).toEqual([]);
    }
  });

  it.each(["EventsFromLogs", "EventsDirect"])(
    "leads through %s into the table's partitions",
    async (name) => {
      const { extendedS3Configuration: s3 } = streamOf(on("production"), name);
      // Logs are unpacked before their lines are taken apart, and those before anything is read in them.
      expect(s3.processingConfiguration?.processors?.map(({ type }) => type)).toEqual([
        ...(name === "EventsFromLogs" ? ["Decompression", "CloudWatchLogProcessing"] : []),
        "RecordDeAggregation",
        "MetadataExtraction",
      ]);
      expect(s3.prefix).toBe(
        `events/${PARTITIONS.map((key) => `${key.name}=!{partitionKeyFromQuery:${key.name}}/`).join("")}`,
      );
      expect(s3.errorOutputPrefix).toMatch(/^errors\//);
      expect(s3.dataFormatConversionConfiguration?.schemaConfiguration).toMatchObject({
        databaseName: on("production").outputs.eventsDatabase,
        tableName: "events",
        versionId: "LATEST",
      });
      const query = parameterOf(s3, "MetadataExtraction", "MetadataExtractionQuery") ?? "";
      const before = Date.now();
      const lines = Object.values(await eventLines()).map(
        (line) => JSON.parse(line) as { timestamp: string },
      );
      for (const line of lines) {
        // Hours are not those of when Firehose got it, but those at which it happened.
        const [day, time = ""] = line.timestamp.split("T");
        expect(partitionOf(query, line)).toEqual({ dt: day, hour: time.slice(0, 2) });
        expect(Date.parse(`${day}T${time}`)).toBeGreaterThanOrEqual(before);
      }
      const past = { timestamp: "2026-02-03T04:05:06.789Z" };
      expect(partitionOf(query, past)).toEqual({ dt: "2026-02-03", hour: "04" });
      expect(partitionOf(query, {})).toEqual({ dt: null, hour: null });
    },
  );

  // https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-concepts.html
  it("is a line of JSON that OpenX's deserializer reads", async () => {
    const texts = Object.values(await eventLines());
    for (const text of texts) {
      const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
      expect(text.indexOf("\n")).toBe(text.length - 1);
      // To it, letters are small: no two names may be one then.
      const names = Object.keys(line).map((name) => name.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
      for (const { name, type } of EVENT_COLUMNS) {
        const value = line[name];
        if (value === undefined) continue;
        if (type === "timestamp") expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
        else expect(typeof value, name).toBe(type === "string" ? "string" : "number");
      }
    }
  });

  it.each(STAGE_KINDS)("begins on a %s stage at each log of calls", (kind) => {
    const filters = resourcesOf(on(kind), "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter");
    expect(filters.map(({ inputs }) => inputs.logGroup)).toEqual(logsOfCalls(on(kind)));
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
