import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { INDEXES, TABLE_KEY } from "../ledger/table.ts";
import { toLedgerError } from "./errors.ts";

/** The table's shape as CreateTable takes it. */
function tableDefinition(table: string): CreateTableCommandInput {
  const indexes = Object.entries(INDEXES);
  const attributes = new Set([
    TABLE_KEY.hash,
    TABLE_KEY.range,
    ...indexes.flatMap(([, { hash, range }]) => [hash, range]),
  ]);
  return {
    TableName: table,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [...attributes].map((name) => ({ AttributeName: name, AttributeType: "S" })),
    KeySchema: keySchema(TABLE_KEY),
    GlobalSecondaryIndexes: indexes.map(([name, index]) => ({
      IndexName: name,
      KeySchema: keySchema(index),
      Projection: { ProjectionType: "KEYS_ONLY" },
    })),
  };
}

function keySchema({ hash, range }: { hash: string; range: string }): CreateTableCommandInput["KeySchema"] {
  return [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
}

/** Creates the table unless it exists, and waits until it can be used. For embedded engines: a stack owns the real one. */
export async function ensureTable(client: DynamoDBClient, table: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableDefinition(table)));
  } catch (error) {
    if ((error as Error).name !== "ResourceInUseException") throw toLedgerError(error, [], table);
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: table });
}
