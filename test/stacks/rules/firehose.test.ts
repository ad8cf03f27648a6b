import { describe, expect, it } from "vitest";
import type { DeliveryStream } from "./firehose/stream.ts";
import { FIREHOSE_RULES, firehoseFaults } from "./firehose.ts";
import { ruleOf } from "./rule.ts";

const processor = (type: string, parameters: Readonly<Record<string, string>> = {}) => ({
  type,
  parameters: Object.entries(parameters).map(([parameterName, parameterValue]) => ({
    parameterName,
    parameterValue,
  })),
});
const ROLE = "arn:aws:iam::123456789012:role/delivery";
const UNZIP = processor("Decompression", { CompressionFormat: "GZIP" });
const MESSAGES = processor("CloudWatchLogProcessing", { DataMessageExtraction: "true" });
const APART = processor("RecordDeAggregation", { SubRecordType: "JSON" });
const KEYS = processor("MetadataExtraction", {
  MetadataExtractionQuery: "{day:.at[0:10]}",
  JsonParsingEngine: "JQ-1.6",
});
const CONVERSION = {
  enabled: true,
  inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
  outputFormatConfiguration: { serializer: { parquetSerDe: {} } },
  schemaConfiguration: { roleArn: ROLE, databaseName: "events", tableName: "events" },
};
const STREAM: DeliveryStream = {
  name: "events",
  destination: "extended_s3",
  extendedS3Configuration: {
    roleArn: ROLE,
    bucketArn: "arn:aws:s3:::lake",
    prefix: "events/day=!{partitionKeyFromQuery:day}/",
    errorOutputPrefix: "errors/!{firehose:error-output-type}/!{timestamp:yyyy}/",
    bufferingSize: 64,
    bufferingInterval: 60,
    dynamicPartitioningConfiguration: { enabled: true },
    processingConfiguration: { enabled: true, processors: [UNZIP, MESSAGES, APART, KEYS] },
    dataFormatConversionConfiguration: CONVERSION,
  },
};

type S3 = DeliveryStream["extendedS3Configuration"];
const s3 = (bent: Partial<S3>): DeliveryStream => ({
  ...STREAM,
  extendedS3Configuration: { ...STREAM.extendedS3Configuration, ...bent },
});
const without = (...names: readonly (keyof S3)[]): DeliveryStream => {
  const rest = Object.entries(STREAM.extendedS3Configuration).filter(
    ([name]) => !names.some((left) => left === name),
  );
  return { ...STREAM, extendedS3Configuration: Object.fromEntries(rest) as unknown as S3 };
};
const processors = (...all: readonly ReturnType<typeof processor>[]) =>
  s3({ processingConfiguration: { enabled: true, processors: all } });
const conversion = (bent: object) => s3({ dataFormatConversionConfiguration: { ...CONVERSION, ...bent } });

const CONVERTED_BUFFER = "with format conversion, a buffer has 64 MB at least";
const PARTITIONED_BUFFER = "with dynamic partitioning, a buffer has 64 MB at least, and waits";
const SAME_KEYS = "the keys that a query makes are those of the prefix, each of them";
const ORDER = "processors are of types that there are, each once, in the order in which they are applied";
const PARAMETERS = "a processor has the parameters that its type takes, each once, with a value";
const BOTH_PREFIXES = "dynamic partitioning has prefixes, for what is delivered and for what is not";
const PREFIX_FOR_ERRORS = "with expressions in the prefix, there is a prefix for errors";
const NAMESPACES = "!{ begins an expression, of a namespace that there is";
const LENGTH = "a prefix has at most 512 characters, or 1024 before it is evaluated";
const APART_AS = "records are taken apart as JSON, or as DELIMITED with a delimiter in base 64";

/** Streams with one thing bent, and the rules that this breaks. */
const BENT: readonly (readonly [faults: readonly string[], stream: DeliveryStream])[] = [
  [["a name has at most 64 letters, digits, _, . or -"], { ...STREAM, name: "events of all" }],
  [["a name has at most 64 letters, digits, _, . or -"], { ...STREAM, name: "e".repeat(65) }],
  [["role and bucket are given by their ARNs"], s3({ bucketArn: "lake" })],
  [["a buffer has 1 to 128 MB, and waits for 0 to 900 seconds"], s3({ bufferingSize: 129 })],
  [["a buffer has 1 to 128 MB, and waits for 0 to 900 seconds"], s3({ bufferingInterval: 901 })],
  [["a buffer's size and its seconds are given together"], without("bufferingInterval")],
  [[PARTITIONED_BUFFER, CONVERTED_BUFFER], s3({ bufferingSize: 63 })],
  [[PARTITIONED_BUFFER], s3({ bufferingInterval: 0 })],
  [["with format conversion, Firehose itself does not compress"], s3({ compressionFormat: "GZIP" })],
  [
    [
      "with format conversion, Firehose itself does not compress",
      "what is compressed is GZIP, ZIP, Snappy or HADOOP_SNAPPY",
    ],
    s3({ compressionFormat: "BROTLI" }),
  ],
  [
    ["format conversion has one deserializer and one serializer"],
    conversion({ inputFormatConfiguration: { deserializer: {} } }),
  ],
  [
    ["format conversion has one deserializer and one serializer"],
    conversion({ outputFormatConfiguration: { serializer: { parquetSerDe: {}, orcSerDe: {} } } }),
  ],
  [
    ["Parquet is compressed by SNAPPY, by GZIP or not at all"],
    conversion({ outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "ZSTD" } } } }),
  ],
  [
    ["format conversion names a role of the account, a database and a table"],
    conversion({ schemaConfiguration: { roleArn: ROLE, databaseName: "events" } }),
  ],
  [
    ["format conversion names a role of the account, a database and a table"],
    conversion({
      schemaConfiguration: { ...CONVERSION.schemaConfiguration, roleArn: ROLE.replace("123", "321") },
    }),
  ],
  [["dynamic partitioning and format conversion are for S3 alone"], { ...STREAM, destination: "splunk" }],
  [
    ["dynamic partitioning has a query or a function that makes the keys", SAME_KEYS],
    processors(UNZIP, MESSAGES, APART),
  ],
  [[BOTH_PREFIXES, PREFIX_FOR_ERRORS], without("errorOutputPrefix")],
  [[BOTH_PREFIXES, SAME_KEYS], without("prefix")],
  [[SAME_KEYS], s3({ prefix: "events/" })],
  [
    [SAME_KEYS],
    s3({ prefix: "events/day=!{partitionKeyFromQuery:day}/hour=!{partitionKeyFromQuery:hour}/" }),
  ],
  [
    [SAME_KEYS],
    processors(
      UNZIP,
      MESSAGES,
      APART,
      processor("MetadataExtraction", {
        MetadataExtractionQuery: '{day:.at|strftime("%d")}',
        JsonParsingEngine: "JQ-1.6",
      }),
    ),
  ],
  [["keys are in a prefix only with dynamic partitioning"], without("dynamicPartitioningConfiguration")],
  [[NAMESPACES], s3({ errorOutputPrefix: "errors/!{firehose:error-output-type}/!{time:yyyy}/" })],
  [[NAMESPACES], s3({ errorOutputPrefix: "errors/!{" + "firehose:error-output-type}/!{/" })],
  [
    ["a prefix for errors that has expressions has the type of error"],
    s3({ errorOutputPrefix: "errors/!{timestamp:yyyy}/" }),
  ],
  [
    ["the type of error is in the prefix for errors alone, and keys are not"],
    s3({ prefix: "events/!{partitionKeyFromQuery:day}/!{firehose:error-output-type}/" }),
  ],
  [
    ["the type of error is in the prefix for errors alone, and keys are not"],
    s3({ errorOutputPrefix: "errors/!{firehose:error-output-type}/!{partitionKeyFromQuery:day}/" }),
  ],
  [["a prefix ends where a folder does"], s3({ prefix: "events/day=!{partitionKeyFromQuery:day}" })],
  [[LENGTH], s3({ errorOutputPrefix: `${"e".repeat(512)}/` })],
  [[ORDER], processors(APART, UNZIP, MESSAGES, KEYS)],
  [[ORDER], processors(UNZIP, MESSAGES, KEYS, APART)],
  [[ORDER], processors(UNZIP, MESSAGES, APART, APART, KEYS)],
  [[ORDER], processors(processor("Encryption"), UNZIP, MESSAGES, APART, KEYS)],
  [
    [PARAMETERS],
    processors(
      UNZIP,
      MESSAGES,
      APART,
      processor("MetadataExtraction", { MetadataExtractionQuery: "{day:.at}" }),
    ),
  ],
  [
    [PARAMETERS],
    processors(
      processor("Decompression", { CompressionFormat: "GZIP", SubRecordType: "JSON" }),
      MESSAGES,
      APART,
      KEYS,
    ),
  ],
  [
    ["what is decompressed is GZIP"],
    processors(processor("Decompression", { CompressionFormat: "ZIP" }), MESSAGES, APART, KEYS),
  ],
  [["messages are taken out of logs that were decompressed"], processors(MESSAGES, APART, KEYS)],
  [
    ["messages are taken out of logs that were decompressed"],
    processors(UNZIP, processor("CloudWatchLogProcessing", { DataMessageExtraction: "false" }), APART, KEYS),
  ],
  [["many lines in a record are taken apart before they are partitioned"], processors(UNZIP, MESSAGES, KEYS)],
  [[APART_AS], processors(UNZIP, MESSAGES, processor("RecordDeAggregation", { SubRecordType: "CSV" }), KEYS)],
  [
    [APART_AS],
    processors(
      UNZIP,
      MESSAGES,
      processor("RecordDeAggregation", { SubRecordType: "DELIMITED", Delimiter: "####" }),
      KEYS,
    ),
  ],
  [
    ["queries are of JQ-1.6"],
    processors(
      UNZIP,
      MESSAGES,
      APART,
      processor("MetadataExtraction", {
        MetadataExtractionQuery: "{day:.at}",
        JsonParsingEngine: "JQ-1.7",
      }),
    ),
  ],
  [
    ["errors are logged to a group and a stream that are named"],
    s3({ cloudwatchLoggingOptions: { enabled: true, logGroupName: "/aws/kinesisfirehose/events" } }),
  ],
  [
    ["processors are enabled where they are needed"],
    s3({ processingConfiguration: { enabled: false, processors: [UNZIP, MESSAGES, APART, KEYS] } }),
  ],
];

describe("firehoseFaults", () => {
  it("finds none in a stream that keeps the rules", () => {
    expect(firehoseFaults(STREAM)).toEqual([]);
    const plain = s3({ prefix: "events/", processingConfiguration: { enabled: false } });
    const { dynamicPartitioningConfiguration: _, ...rest } = plain.extendedS3Configuration;
    expect(firehoseFaults({ ...plain, extendedS3Configuration: rest })).toEqual([]);
    const delimited = processor("RecordDeAggregation", { SubRecordType: "DELIMITED", Delimiter: "IyMjIw==" });
    expect(firehoseFaults(processors(UNZIP, MESSAGES, delimited, KEYS))).toEqual([]);
  });

  it.each(BENT)("finds that not: %j", (faults, stream) => {
    expect(firehoseFaults(stream).map(ruleOf)).toEqual(faults);
  });

  it("has no rule that nothing breaks", () => {
    expect(new Set(BENT.flatMap(([faults]) => faults))).toEqual(
      new Set(FIREHOSE_RULES.map(({ says }) => says)),
    );
  });
});
