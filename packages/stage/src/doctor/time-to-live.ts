import { DescribeTimeToLiveCommand, type TimeToLiveDescription } from "@aws-sdk/client-dynamodb";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf } from "./finding.ts";

export async function checkTimeToLive({
  outputs,
  clients,
  signal,
}: Examination): Promise<readonly Finding[]> {
  const answer = await ask(
    "dynamodb:DescribeTimeToLive",
    clients.dynamodb.send(new DescribeTimeToLiveCommand({ TableName: outputs.table }), {
      abortSignal: signal,
    }),
    ["ResourceNotFoundException"],
  );
  // That there is no table is said once, by its own check.
  return answer === undefined ? [] : [judgeTimeToLive(answer.TimeToLiveDescription, outputs)];
}

/** A time to live deletes items, past the table's policy. */
export function judgeTimeToLive(
  { TimeToLiveStatus = "DISABLED", AttributeName = "?" }: TimeToLiveDescription = {},
  { stage, table, keepsLedger }: StageOutputs,
): Finding {
  const { fine, wrong } = findingsOf("time-to-live");
  if (TimeToLiveStatus === "DISABLED") return fine("off: no item goes by itself");
  return wrong(
    `a time to live is ${TimeToLiveStatus} by the attribute ${AttributeName}: DynamoDB deletes items by it`,
    `${keepsLedger ? "As break-glass: " : ""}aws dynamodb update-time-to-live --table-name ${table} --time-to-live-specification Enabled=false,AttributeName=${AttributeName}; then npx promptops verify --stage ${stage}`,
    { status: TimeToLiveStatus, attribute: AttributeName },
  );
}
