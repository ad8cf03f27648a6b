import { isWholeWithin, type Rule } from "../rule.ts";
import { API, GUIDE } from "./sources.ts";
import { conversionOf, type DeliveryStream, isConverted, isPartitioned } from "./stream.ts";

/** Of what is gathered before it is delivered, and of the form that it is given. */
export const CONVERSION_RULES: readonly Rule<DeliveryStream>[] = [
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
];

function accountOf(roleArn: string): string | undefined {
  return /^arn:[\w-]+:iam::(\d{12}):role\/\S+$/.exec(roleArn)?.[1];
}
