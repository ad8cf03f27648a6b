import { type DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

/**
 * The two requests that a first read of a prompt makes, by the SDK alone: the newest event, and the version that it
 * speaks of. Nothing is checked.
 *
 * @returns the version's definition, as text.
 */
export async function bareRead(client: DynamoDBClient, table: string, id: string): Promise<string> {
  const events = await client.send(
    new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: id } },
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  const { state } = unmarshall(events.Items?.[0] ?? {}) as { state: { latest: { version: number } } };
  const key = { pk: { S: `${id}#${state.latest.version}` }, sk: { S: "version" } };
  const found = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return (unmarshall(found.Item ?? {}) as { definition: string }).definition;
}
