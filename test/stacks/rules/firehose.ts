import { CONVERSION_RULES } from "./firehose/conversion.ts";
import { PREFIX_RULES } from "./firehose/prefixes.ts";
import { PROCESSOR_RULES } from "./firehose/processors.ts";
import { API } from "./firehose/sources.ts";
import { type DeliveryStream, isConverted, isPartitioned } from "./firehose/stream.ts";
import { brokenRules, type Rule } from "./rule.ts";

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
    says: "dynamic partitioning and format conversion are for S3 alone",
    source: `${API}/API_DynamicPartitioningConfiguration.html`,
    holds: ({ destination, extendedS3Configuration: s3 }) =>
      destination === "extended_s3" || !(isPartitioned(s3) || isConverted(s3)),
  },
  {
    says: "errors are logged to a group and a stream that are named",
    source: `${API}/API_CloudWatchLoggingOptions.html`,
    holds: ({ extendedS3Configuration: { cloudwatchLoggingOptions: log = {} } }) =>
      log.enabled !== true ||
      (/^[\w./#-]{1,512}$/.test(log.logGroupName ?? "") && /^[^:*]{1,512}$/.test(log.logStreamName ?? "")),
  },
  ...CONVERSION_RULES,
  ...PREFIX_RULES,
  ...PROCESSOR_RULES,
];

/** What is wrong with a stream, by what Firehose documents. */
export function firehoseFaults(stream: DeliveryStream): readonly string[] {
  return brokenRules(FIREHOSE_RULES, stream);
}
