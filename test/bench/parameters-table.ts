import { DynamoDBProvider } from "@aws-lambda-powertools/parameters/dynamodb";
import { BatchWriteItemCommand, CreateTableCommand } from "@aws-sdk/client-dynamodb";
import type { PromptDefinition } from "@promptops/core/domain";
import { connect } from "@promptops/core/dynamo";

const TABLE = "parameters";
/** DynamoDB's limit. */
const MAX_WRITE = 25;

/** A table as Powertools reads parameters from it: each prompt is one, its value JSON. */
export async function createParametersTable(
  endpoint: string,
  prompts: readonly PromptDefinition[],
): Promise<void> {
  const client = connect({ endpoint });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  for (let from = 0; from < prompts.length; from += MAX_WRITE) {
    const requests = prompts.slice(from, from + MAX_WRITE).map((prompt) => ({
      PutRequest: { Item: { id: { S: prompt.id }, value: { S: JSON.stringify(prompt) } } },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests } }));
  }
  client.destroy();
}

/** Reads a prompt as a parameter, which Powertools keeps for `maxAge` seconds. */
export function parameters(endpoint: string) {
  const provider = new DynamoDBProvider({ tableName: TABLE, awsSdkV3Client: connect({ endpoint }) });
  const options = { transform: "json", maxAge: 3_600 } as const;
  return async (id: string): Promise<PromptDefinition> => {
    const prompt = await provider.get(id, options);
    return prompt as unknown as PromptDefinition;
  };
}
