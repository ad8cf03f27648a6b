import type { Rule } from "../rule.ts";
import { API, GUIDE } from "./sources.ts";
import { type DeliveryStream, hasProcessor, isPartitioned, parameterOf, processorsOf } from "./stream.ts";

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

/** Of what is done to records on their way. */
export const PROCESSOR_RULES: readonly Rule<DeliveryStream>[] = [
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
    says: "processors are enabled where they are needed",
    source: `${API}/API_ProcessingConfiguration.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      processorsOf(s3).length === 0 || s3.processingConfiguration?.enabled === true,
  },
];
