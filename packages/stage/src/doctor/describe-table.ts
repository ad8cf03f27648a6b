import { DescribeTableCommand, type TableDescription } from "@aws-sdk/client-dynamodb";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";

/** The ledger's table; undefined where it is not there. */
export async function describeTable({
  outputs,
  clients,
  signal,
}: Examination): Promise<TableDescription | undefined> {
  const command = new DescribeTableCommand({ TableName: outputs.table });
  const answer = await ask(
    "dynamodb:DescribeTable",
    clients.dynamodb.send(command, { abortSignal: signal }),
    ["ResourceNotFoundException"],
  );
  return answer?.Table;
}
