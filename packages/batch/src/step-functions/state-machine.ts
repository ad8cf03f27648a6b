/** What a Distributed Map reads as it is; the datasets that it can read of files of these kinds. */
export type DatasetType = "CSV" | "JSONL" | "PARQUET" | "MANIFEST";

const READERS: Readonly<Record<DatasetType, object>> = {
  CSV: { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" },
  JSONL: { InputType: "JSONL" },
  PARQUET: { InputType: "PARQUET" },
  // An S3 inventory: each record is an object's Bucket, Key, Size and so on.
  MANIFEST: { InputType: "MANIFEST" },
};

/** The most that a batch's input may have. */
const MAX_BATCH_BYTES = 262_144;
/** Express executions end after 5 minutes, retries included. */
const WORKER_SECONDS = 240;

/** Errors of Lambda that pass, and this software's own that do: the names of the classes are the names of the errors. */
const PASSING = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "ServiceError",
];

/**
 * The state machine that runs any job over a file of S3, in Amazon States Language: a Distributed Map for each type of dataset, whose
 * express executions call the worker. Its input is a `DistributedRun`.
 *
 * @param workerArn the function `batch-worker`.
 */
export function stateMachine(workerArn: string): object {
  const types = Object.keys(READERS) as DatasetType[];
  return {
    Comment: "A batch job over the records of a file",
    StartAt: "Type",
    States: {
      Type: {
        Type: "Choice",
        Choices: types.map((type) => ({ Variable: "$.dataset.type", StringEquals: type, Next: type })),
        Default: "UnknownType",
      },
      UnknownType: { Type: "Fail", Error: "unknown-type", Cause: `A dataset is ${types.join(", ")}` },
      ...Object.fromEntries(types.map((type) => [type, distributedMap(type, workerArn)])),
    },
  };
}

function distributedMap(type: DatasetType, workerArn: string): object {
  // Names of states are unique in the whole machine.
  const worker = `${type} worker`;
  return {
    Type: "Map",
    Label: `${type.slice(0, 1)}${type.slice(1).toLowerCase()}Records`,
    ItemReader: {
      Resource: "arn:aws:states:::s3:getObject",
      ReaderConfig: READERS[type],
      Parameters: { "Bucket.$": "$.dataset.bucket", "Key.$": "$.dataset.key" },
    },
    // The number by which the local runner knows a record too.
    ItemSelector: { "recordId.$": "$$.Map.Item.Index", "record.$": "$$.Map.Item.Value" },
    ItemBatcher: {
      MaxItemsPerBatchPath: "$.batchSize",
      MaxInputBytesPerBatch: MAX_BATCH_BYTES,
      BatchInput: { "run.$": "$.run", "results.$": "$.results", "concurrency.$": "$.concurrency" },
    },
    MaxConcurrencyPath: "$.workers",
    ToleratedFailurePercentagePath: "$.tolerated.percent",
    ToleratedFailureCountPath: "$.tolerated.count",
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" },
      StartAt: worker,
      States: {
        [worker]: {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke",
          Parameters: { FunctionName: workerArn, "Payload.$": "$" },
          OutputPath: "$.Payload",
          TimeoutSeconds: WORKER_SECONDS,
          Retry: [
            {
              ErrorEquals: PASSING,
              IntervalSeconds: 2,
              BackoffRate: 2,
              MaxAttempts: 4,
              MaxDelaySeconds: 30,
              JitterStrategy: "FULL",
            },
          ],
          End: true,
        },
      },
    },
    ResultWriter: {
      Resource: "arn:aws:states:::s3:putObject",
      Parameters: { "Bucket.$": "$.receipts.bucket", "Prefix.$": "$.receipts.prefix" },
    },
    End: true,
  };
}
