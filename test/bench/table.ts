import { createPromptClient, type PromptClient } from "@promptops/core";
import type { PromptDefinition } from "@promptops/core/domain";
import { connect, dynamoLedger, ensureTable } from "@promptops/core/dynamo";
import { fill } from "./prompts.ts";

/** The table of the suites that read from the embedded engine. */
export const TABLE = "prompts";

/** Makes the table and publishes prompts in it. */
export async function createTable(endpoint: string, prompts: readonly PromptDefinition[]): Promise<void> {
  const client = connect({ endpoint });
  await ensureTable(client, TABLE);
  client.destroy();
  await fill(dynamoLedger({ endpoint, table: TABLE }), prompts);
}

/** The client that a program has whose environment names the table. */
export function environmentClient(endpoint: string): PromptClient {
  Object.assign(process.env, { PROMPTOPS_TABLE: TABLE, PROMPTOPS_ENDPOINT: endpoint });
  return createPromptClient();
}
