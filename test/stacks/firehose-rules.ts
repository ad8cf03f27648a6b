import { partitionKeys } from "./partition-query.ts";
import { brokenRules, isWholeWithin, type Rule } from "./rules.ts";

/** A stream with a bucket as its destination, as a provider gets it. */
export interface DeliveryStream {
  readonly name: string;
  readonly destination: string;
  readonly extendedS3Configuration: S3Configuration;
}

interface S3Configuration {
  readonly roleArn: string;
  readonly bucketArn: string;
  readonly prefix?: string;
  readonly errorOutputPrefix?: string;
  readonly bufferingSize?: number;
  readonly bufferingInterval?: number;
  readonly compressionFormat?: string;
  readonly cloudwatchLoggingOptions?: {
    readonly enabled?: boolean;
    readonly logGroupName?: string;
    readonly logStreamName?: string;
  };
  readonly dynamicPartitioningConfiguration?: { readonly enabled?: boolean };
  readonly processingConfiguration?: {
    readonly enabled?: boolean;
    readonly processors?: readonly Processor[];
  };
  readonly dataFormatConversionConfiguration?: Conversion;
}

interface Processor {
  readonly type: string;
  readonly parameters?: readonly { readonly parameterName: string; readonly parameterValue: string }[];
}

interface Conversion {
  readonly enabled?: boolean;
  readonly inputFormatConfiguration?: { readonly deserializer?: object };
  readonly outputFormatConfiguration?: {
    readonly serializer?: {
      readonly parquetSerDe?: { readonly compression?: string };
      readonly orcSerDe?: object;
    };
  };
  readonly schemaConfiguration?: {
    readonly roleArn?: string;
    readonly databaseName?: string;
    readonly tableName?: string;
    readonly versionId?: string;
  };
}

const API = "https://docs.aws.amazon.com/firehose/latest/APIReference";
const GUIDE = "https://docs.aws.amazon.com/firehose/latest/dev";

/** In the order in which Firehose applies them, the parameters that each takes, and which of those it must have. */
const PROCESSORS: Readonly<
  Record<string, { readonly takes: readonly string[]; readonly needs: readonly string[] }>
> = {
  Decompression: { takes: ["CompressionFormat"], needs: ["CompressionFormat"] },
  CloudWatchLogProcessing: { takes: ["DataMessageExtraction"], needs: ["DataMessageExtraction"] },
  RecordDeAggregation: { takes: ["SubRecordType", "Delimiter"], needs: ["SubRecordType"] },
  Lambda: {
    takes: ["LambdaArn", "NumberOfRetries", "RoleArn", "BufferSizeInMBs", "BufferIntervalInSeconds"],
    needs: ["LambdaArn"],
  },
  MetadataExtraction: {
    takes: ["MetadataExtractionQuery", "JsonParsingEngine"],
    needs: ["MetadataExtractionQuery", "JsonParsingEngine"],
  },
  AppendDelimiterToRecord: { takes: ["Delimiter"], needs: [] },
};

/** What Amazon Data Firehose documents of a stream into a bucket. */
export const FIREHOSE_RULES: readonly Rule<DeliveryStream>[] = [
  {
    says: "a name has at most 64 letters, digits, _, . or -",
    source: `${API}/API_CreateDeliveryStream.html`,
    holds: ({ name }) => /^[\w.-]{1,64}$/.test(name),
  },
  {
    says: "role and bucket are given by their ARNs",
    source: `${API}/API_ExtendedS3DestinationConfiguration.html`,
    holds: ({ extendedS3Configuration: { roleArn, bucketArn } }) =>
      /^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(roleArn) && /^arn:[\w-]+:s3:::[a-z0-9.-]+$/.test(bucketArn),
  },
  {
    says: "a buffer has 1 to 128 MB, and waits for 0 to 900 seconds",
    source: `${API}/API_BufferingHints.html`,
    holds: ({ extendedS3Configuration: { bufferingSize, bufferingInterval } }) =>
      isWholeWithin(bufferingSize, 1, 128) && isWholeWithin(bufferingInterval, 0, 900),
  },
  {
    says: "a buffer's size and its seconds are given together",
    source: `${API}/API_BufferingHints.html`,
    holds: ({ extendedS3Configuration: { bufferingSize, bufferingInterval } }) =>
      (bufferingSize === undefined) === (bufferingInterval === undefined),
  },
  {
    says: "with dynamic partitioning, a buffer has 64 MB at least, and waits",
    source: `${GUIDE}/buffering.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      !isPartitioned(s3) || ((s3.bufferingSize ?? 5) >= 64 && s3.bufferingInterval !== 0),
  },
  {
    says: "with format conversion, a buffer has 64 MB at least",
    source: `${GUIDE}/enable-record-format-conversion.html`,
    holds: ({ extendedS3Configuration: s3 }) => !isConverted(s3) || (s3.bufferingSize ?? 128) >= 64,
  },
  {
    says: "with format conversion, Firehose itself does not compress",
    source: `${GUIDE}/enable-record-format-conversion.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      !isConverted(s3) || (s3.compressionFormat ?? "UNCOMPRESSED") === "UNCOMPRESSED",
  },
  {
    says: "what is compressed is GZIP, ZIP, Snappy or HADOOP_SNAPPY",
    source: `${API}/API_ExtendedS3DestinationConfiguration.html`,
    holds: ({ extendedS3Configuration: { compressionFormat = "UNCOMPRESSED" } }) =>
      ["UNCOMPRESSED", "GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"].includes(compressionFormat),
  },
  {
    says: "format conversion has one deserializer and one serializer",
    source: `${API}/API_DataFormatConversionConfiguration.html`,
    holds: ({ extendedS3Configuration: s3 }) => {
      const { inputFormatConfiguration: input, outputFormatConfiguration: output } = conversionOf(s3);
      const [deserializer, ...second] = Object.keys(input?.deserializer ?? {});
      const [serializer, ...third] = Object.keys(output?.serializer ?? {});
      return (
        !isConverted(s3) ||
        (/^(?:openXJson|hiveJson)SerDe$/.test(deserializer ?? "") &&
          /^(?:parquet|orc)SerDe$/.test(serializer ?? "") &&
          second.length + third.length === 0)
      );
    },
  },
  {
    says: "Parquet is compressed by SNAPPY, by GZIP or not at all",
    source: `${API}/API_ParquetSerDe.html`,
    holds: ({ extendedS3Configuration: s3 }) => {
      const { compression = "SNAPPY" } =
        conversionOf(s3).outputFormatConfiguration?.serializer?.parquetSerDe ?? {};
      return ["UNCOMPRESSED", "GZIP", "SNAPPY"].includes(compression);
    },
  },
  {
    says: "format conversion names a role of the account, a database and a table",
    source: `${API}/API_SchemaConfiguration.html`,
    holds: ({ extendedS3Configuration: s3 }) => {
      const { roleArn = "", databaseName = "", tableName = "" } = conversionOf(s3).schemaConfiguration ?? {};
      const account = accountOf(s3.roleArn);
      return (
        !isConverted(s3) ||
        (accountOf(roleArn) === account &&
          [databaseName, tableName].every((name) => /^\S{1,1024}$/.test(name)))
      );
    },
  },
  {
    says: "dynamic partitioning and format conversion are for S3 alone",
    source: `${API}/API_DynamicPartitioningConfiguration.html`,
    holds: ({ destination, extendedS3Configuration: s3 }) =>
      destination === "extended_s3" || !(isPartitioned(s3) || isConverted(s3)),
  },
  {
    says: "dynamic partitioning has a query or a function that makes the keys",
    source: `${GUIDE}/dynamic-partitioning-partitioning-keys.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      !isPartitioned(s3) || processorsOf(s3).some(({ type }) => /^(?:MetadataExtraction|Lambda)$/.test(type)),
  },
  {
    says: "dynamic partitioning has prefixes, for what is delivered and for what is not",
    source: `${GUIDE}/dynamic-partitioning-error-handling.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      !isPartitioned(s3) || (s3.prefix !== undefined && s3.errorOutputPrefix !== undefined),
  },
  {
    says: "the keys that a query makes are those of the prefix, each of them",
    source: `${GUIDE}/dynamic-partitioning-s3bucketprefix.html`,
    holds: ({ extendedS3Configuration: s3 }) => {
      const query = parameterOf(s3, "MetadataExtraction", "MetadataExtractionQuery");
      const made = query === undefined ? [] : keysOf(query);
      const used = expressionsOf(s3.prefix).flatMap(([space, value]) =>
        space === "partitionKeyFromQuery" ? [value] : [],
      );
      return made?.toSorted().join() === [...new Set(used)].toSorted().join();
    },
  },
  {
    says: "keys are in a prefix only with dynamic partitioning",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      isPartitioned(s3) || !expressionsOf(s3.prefix).some(([space]) => space.startsWith("partitionKeyFrom")),
  },
  {
    says: "!{ begins an expression, of a namespace that there is",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix, errorOutputPrefix } }) =>
      [prefix, errorOutputPrefix].every(
        (text = "") =>
          !text
            .replaceAll(/!\{(?:timestamp|partitionKeyFrom(?:Query|Lambda)):[^{}]+\}/g, "")
            .replaceAll(/!\{firehose:(?:error-output-type|random-string)\}/g, "")
            .includes("!{"),
      ),
  },
  {
    says: "with expressions in the prefix, there is a prefix for errors",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix, errorOutputPrefix } }) =>
      expressionsOf(prefix).length === 0 || errorOutputPrefix !== undefined,
  },
  {
    says: "a prefix for errors that has expressions has the type of error",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { errorOutputPrefix } }) => {
      const found = expressionsOf(errorOutputPrefix);
      return found.length === 0 || found.some(([, value]) => value === "error-output-type");
    },
  },
  {
    says: "the type of error is in the prefix for errors alone, and keys are not",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix, errorOutputPrefix } }) =>
      !expressionsOf(prefix).some(([, value]) => value === "error-output-type") &&
      !expressionsOf(errorOutputPrefix).some(([space]) => space.startsWith("partitionKeyFrom")),
  },
  {
    says: "a prefix ends where a folder does",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix, errorOutputPrefix } }) =>
      [prefix, errorOutputPrefix].every((text) => text === undefined || text.endsWith("/")),
  },
  {
    says: "a prefix has at most 512 characters, or 1024 before it is evaluated",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix = "", errorOutputPrefix = "" } }) =>
      [prefix, errorOutputPrefix].every(
        (text) => text.length <= 1024 && text.replaceAll(/!\{[^}]*\}/g, "").length <= 512,
      ),
  },
  {
    says: "processors are of types that there are, each once, in the order in which they are applied",
    source: `${GUIDE}/dynamic-partitioning-multirecord-deaggergation.html`,
    holds: ({ extendedS3Configuration: s3 }) => {
      const types = Object.keys(PROCESSORS);
      const places = processorsOf(s3).map(({ type }) => types.indexOf(type));
      return places.every((place, at) => place > (places[at - 1] ?? -1));
    },
  },
  {
    says: "a processor has the parameters that its type takes, each once, with a value",
    source: `${API}/API_ProcessorParameter.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      processorsOf(s3).every(({ type, parameters = [] }) => {
        const { takes, needs } = PROCESSORS[type] ?? { takes: [], needs: [] };
        const names = parameters.map(({ parameterName }) => parameterName);
        return (
          new Set(names).size === names.length &&
          names.every((name) => takes.includes(name)) &&
          needs.every((name) => names.includes(name)) &&
          parameters.every(({ parameterValue }) => /^(?!\s*$).{1,5120}$/s.test(parameterValue))
        );
      }),
  },
  {
    says: "what is decompressed is GZIP",
    source: `${GUIDE}/writing-with-cloudwatch-logs-decompression.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      (parameterOf(s3, "Decompression", "CompressionFormat") ?? "GZIP") === "GZIP",
  },
  {
    says: "messages are taken out of logs that were decompressed",
    source: `${GUIDE}/Message_extraction.html`,
    holds: ({ extendedS3Configuration: s3 }) => {
      const extraction = parameterOf(s3, "CloudWatchLogProcessing", "DataMessageExtraction");
      return extraction === undefined || (extraction === "true" && hasProcessor(s3, "Decompression"));
    },
  },
  {
    says: "many lines in a record are taken apart before they are partitioned",
    source: `${GUIDE}/dynamic-partitioning-multirecord-deaggergation.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      !isPartitioned(s3) ||
      !hasProcessor(s3, "CloudWatchLogProcessing") ||
      hasProcessor(s3, "RecordDeAggregation"),
  },
  {
    says: "records are taken apart as JSON, or as DELIMITED with a delimiter in base 64",
    source: `${GUIDE}/dynamic-partitioning-multirecord-deaggergation.html`,
    holds: ({ extendedS3Configuration: s3 }) => {
      const delimiter = parameterOf(s3, "RecordDeAggregation", "Delimiter");
      switch (parameterOf(s3, "RecordDeAggregation", "SubRecordType")) {
        case undefined:
          return true;
        case "JSON":
          return delimiter === undefined;
        case "DELIMITED":
          return /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(delimiter ?? "-");
        default:
          return false;
      }
    },
  },
  {
    says: "queries are of JQ-1.6",
    source: `${GUIDE}/dynamic-partitioning-partitioning-keys.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      (parameterOf(s3, "MetadataExtraction", "JsonParsingEngine") ?? "JQ-1.6") === "JQ-1.6",
  },
  {
    says: "errors are logged to a group and a stream that are named",
    source: `${API}/API_CloudWatchLoggingOptions.html`,
    holds: ({ extendedS3Configuration: { cloudwatchLoggingOptions: log = {} } }) =>
      log.enabled !== true ||
      (/^[\w./#-]{1,512}$/.test(log.logGroupName ?? "") && /^[^:*]{1,512}$/.test(log.logStreamName ?? "")),
  },
  {
    says: "processors are enabled where they are needed",
    source: `${API}/API_ProcessingConfiguration.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      processorsOf(s3).length === 0 || s3.processingConfiguration?.enabled === true,
  },
];

/** What is wrong with a stream, by what Firehose documents. */
export function firehoseFaults(stream: DeliveryStream): readonly string[] {
  return brokenRules(FIREHOSE_RULES, stream);
}

/** The value of a processor's parameter; undefined where the stream has no such processor. */
export function parameterOf(s3: S3Configuration, type: string, name: string): string | undefined {
  const processor = processorsOf(s3).find((found) => found.type === type);
  return processor?.parameters?.find(({ parameterName }) => parameterName === name)?.parameterValue;
}

function processorsOf({ processingConfiguration }: S3Configuration): readonly Processor[] {
  return processingConfiguration?.processors ?? [];
}

function hasProcessor(s3: S3Configuration, type: string): boolean {
  return processorsOf(s3).some((processor) => processor.type === type);
}

function isPartitioned({ dynamicPartitioningConfiguration }: S3Configuration): boolean {
  return dynamicPartitioningConfiguration?.enabled === true;
}

function conversionOf({ dataFormatConversionConfiguration = {} }: S3Configuration): Conversion {
  return dataFormatConversionConfiguration;
}

/** Conversion that is configured is on unless it says otherwise. */
function isConverted({ dataFormatConversionConfiguration }: S3Configuration): boolean {
  return (
    dataFormatConversionConfiguration !== undefined && dataFormatConversionConfiguration.enabled !== false
  );
}

function expressionsOf(prefix = ""): readonly (readonly [namespace: string, value: string])[] {
  return [...prefix.matchAll(/!\{(\w+):([^}]*)\}/g)].map(([, space = "", value = ""]) => [space, value]);
}

/** The names of the keys that a query makes; undefined for a query that is not understood. */
function keysOf(query: string): readonly string[] | undefined {
  try {
    return partitionKeys(query).map(({ name }) => name);
  } catch {
    return undefined;
  }
}

function accountOf(roleArn: string): string | undefined {
  return /^arn:[\w-]+:iam::(\d{12}):role\/\S+$/.exec(roleArn)?.[1];
}
