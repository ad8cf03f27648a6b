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

/** The value of a processor's parameter; undefined where the stream has no such processor. */
export function parameterOf(s3: S3Configuration, type: string, name: string): string | undefined {
  const processor = processorsOf(s3).find((found) => found.type === type);
  return processor?.parameters?.find(({ parameterName }) => parameterName === name)?.parameterValue;
}

export function processorsOf({ processingConfiguration }: S3Configuration): readonly Processor[] {
  return processingConfiguration?.processors ?? [];
}

export function hasProcessor(s3: S3Configuration, type: string): boolean {
  return processorsOf(s3).some((processor) => processor.type === type);
}

export function isPartitioned({ dynamicPartitioningConfiguration }: S3Configuration): boolean {
  return dynamicPartitioningConfiguration?.enabled === true;
}

export function conversionOf({ dataFormatConversionConfiguration = {} }: S3Configuration): Conversion {
  return dataFormatConversionConfiguration;
}

/** Conversion that is configured is on unless it says otherwise. */
export function isConverted({ dataFormatConversionConfiguration }: S3Configuration): boolean {
  return (
    dataFormatConversionConfiguration !== undefined && dataFormatConversionConfiguration.enabled !== false
  );
}
