import type { Evaluation } from "./evaluate.ts";
import type { Call } from "./permissions.ts";

/** A call that somebody might make, in words. */
export interface NamedCall extends Call {
  readonly title: string;
}

/** What might be done to what a stage keeps, by group. */
export function callsOn({ outputs }: Evaluation): Readonly<Record<string, readonly NamedCall[]>> {
  const region = outputs.region as string;
  const table = `arn:aws:dynamodb:${region}:123456789012:table/${outputs.table}`;
  const bucket = (outputs.blobs as string).replace("s3://", "arn:aws:s3:::");
  const blob = `${bucket}/blobs/sha256/cafe`;
  const lake = bucket.replace("blobsbucket", "lakebucket");
  const stream = `arn:aws:firehose:${region}:123456789012:deliverystream/${outputs.eventsStream}`;
  const elsewhere = `arn:aws:dynamodb:${region}:123456789012:table/orders`;
  const on = (resource: string) => (title: string, action: string, context?: Call["context"]) => ({
    title,
    action,
    resource,
    ...(context && { context }),
  });
  const dynamo = (title: string, action: string) => on(table)(title, `dynamodb:${action}`);
  return {
    "Read the ledger": [
      dynamo("one item", "GetItem"),
      dynamo("many items", "BatchGetItem"),
      dynamo("a stream of events", "Query"),
      on(`${table}/index/catalog`)("an index", "dynamodb:Query"),
      dynamo("all items (`verify`, by who may read everything)", "Scan"),
      on(blob)("a large prompt", "s3:GetObject"),
      on(bucket)("whether a large prompt is there", "s3:ListBucket"),
    ],
    "Append to the ledger": [
      dynamo("insert", "PartiQLInsert"),
      on(blob)("put a large prompt where none is", "s3:PutObject", { "s3:if-none-match": "*" }),
    ],
    "Overwrite or delete what is in it": [
      dynamo("put an item, whatever is there", "PutItem"),
      dynamo("update an item", "UpdateItem"),
      dynamo("update an item by PartiQL", "PartiQLUpdate"),
      dynamo("delete an item", "DeleteItem"),
      dynamo("delete an item by PartiQL", "PartiQLDelete"),
      dynamo("put and delete many items", "BatchWriteItem"),
      on(blob)("put a large prompt, whatever is there", "s3:PutObject"),
      on(blob)("delete a large prompt", "s3:DeleteObject"),
      on(blob)("delete a version of a large prompt", "s3:DeleteObjectVersion"),
    ],
    "Undo what protects it": [
      dynamo("delete the table", "DeleteTable"),
      dynamo("change the table (its stream, its protection, its replicas)", "UpdateTable"),
      dynamo("let items expire", "UpdateTimeToLive"),
      dynamo("stop backups", "UpdateContinuousBackups"),
      dynamo("replace the table's policy", "PutResourcePolicy"),
      dynamo("remove the table's policy", "DeleteResourcePolicy"),
      on(bucket)("replace the policy of the blobs' bucket", "s3:PutBucketPolicy"),
      on(
        `arn:aws:pipes:${region}:123456789012:pipe/${outputs.table?.toString().replace("ledger", "tamper-alarm")}`,
      )("stop the tamper alarm", "pipes:StopPipe"),
      on("arn:aws:iam::123456789012:role/break-glass")(
        "let somebody else be break-glass",
        "iam:UpdateAssumeRolePolicy",
      ),
    ],
    "Go elsewhere": [
      on(elsewhere)("read another table", "dynamodb:GetItem"),
      on(elsewhere)("insert into another table", "dynamodb:PartiQLInsert"),
      on(`${lake}/events/dt=2026-01-01/hour=00/a.parquet`)("read the lake", "s3:GetObject"),
      on(`${lake}/events/dt=2026-01-01/hour=00/a.parquet`)("write into the lake", "s3:PutObject"),
      on(stream)("send events to Firehose", "firehose:PutRecordBatch"),
      on("arn:aws:s3:::another-bucket/key")("read another bucket", "s3:GetObject"),
      on("arn:aws:iam::123456789012:role/administrator")("change another role", "iam:PutRolePolicy"),
      on(blob)("read a large prompt over plain HTTP", "s3:GetObject", { "aws:SecureTransport": "false" }),
    ],
  };
}
