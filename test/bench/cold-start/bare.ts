import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { bareRead } from "../bare-read.ts";

/** The same requests as those of `promptops.ts`, by the SDK alone; nothing is checked. */
export async function handler(id: string): Promise<string | undefined> {
  const { PROMPTOPS_ENDPOINT: endpoint = "", PROMPTOPS_TABLE: table = "" } = process.env;
  const client = new DynamoDBClient({
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  return (JSON.parse(await bareRead(client, table, id)) as { template?: string }).template;
}
