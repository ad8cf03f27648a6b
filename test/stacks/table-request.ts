import { connect, ensureTable } from "@promptops/core/dynamo";
import type { TestTable } from "@promptops/testing";
import type { Resource } from "./evaluate.ts";

interface Index {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey: string;
  readonly projectionType: string;
}

/** Makes a table on an embedded engine from the inputs of the stack's table, as the AWS provider asks for it. */
export async function createTableOf(
  inputs: Resource["inputs"],
  { endpoint, table }: TestTable,
): Promise<void> {
  const indexes = inputs.globalSecondaryIndexes as readonly Index[];
  const attributes = inputs.attributes as readonly { readonly name: string; readonly type: string }[];
  await request(endpoint, "DynamoDB_20120810.CreateTable", {
    TableName: table,
    BillingMode: inputs.billingMode,
    AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keySchema(inputs as unknown as Index),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index),
      Projection: { ProjectionType: index.projectionType },
    })),
    StreamSpecification: { StreamEnabled: inputs.streamEnabled, StreamViewType: inputs.streamViewType },
  });
  // Which is there, so that this only waits for it.
  const client = connect({ endpoint });
  await ensureTable(client, table);
  client.destroy();
}

/** The records of a table's stream, from its beginning. */
export async function streamRecords({ endpoint, table }: TestTable): Promise<readonly object[]> {
  const ask = async <Answer>(action: string, input: object) =>
    (await request(endpoint, `DynamoDBStreams_20120810.${action}`, input)) as Answer;
  const { Streams } = await ask<{ Streams: { StreamArn: string }[] }>("ListStreams", { TableName: table });
  const StreamArn = Streams[0]?.StreamArn;
  const { StreamDescription } = await ask<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    "DescribeStream",
    { StreamArn },
  );
  const records = StreamDescription.Shards.map(async ({ ShardId }) => {
    const shard = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
    const { ShardIterator } = await ask<{ ShardIterator: string }>("GetShardIterator", shard);
    return (await ask<{ Records: object[] }>("GetRecords", { ShardIterator })).Records;
  });
  return (await Promise.all(records)).flat();
}

function keySchema({ hashKey, rangeKey }: Pick<Index, "hashKey" | "rangeKey">): object {
  return [
    { AttributeName: hashKey, KeyType: "HASH" },
    { AttributeName: rangeKey, KeyType: "RANGE" },
  ];
}

async function request(endpoint: string, target: string, input: object): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": target,
      // The engine wants to see a signature, and does not check it.
      "x-amz-date": "20260101T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(input),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${target}: ${JSON.stringify(answer)}`);
  return answer;
}
