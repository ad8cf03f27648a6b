import {
  type ContinuousBackupsDescription,
  DescribeContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeployLedger } from "./finding.ts";

/** The most that DynamoDB can restore to, in days; what it keeps unless told otherwise. */
const DAYS = 35;

export async function checkRecovery({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const answer = await ask(
    "dynamodb:DescribeContinuousBackups",
    clients.dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: outputs.table }), {
      abortSignal: signal,
    }),
    ["TableNotFoundException"],
  );
  // That there is no table is said once, by its own check.
  return answer === undefined ? [] : [judgeRecovery(answer.ContinuousBackupsDescription, outputs)];
}

/** Whether the table can be restored to any second of the last 35 days. */
export function judgeRecovery(
  backups: ContinuousBackupsDescription | undefined,
  outputs: StageOutputs,
): Finding {
  const { fine, wrong } = findingsOf("recovery");
  const {
    PointInTimeRecoveryStatus,
    RecoveryPeriodInDays = DAYS,
    EarliestRestorableDateTime: earliest,
  } = backups?.PointInTimeRecoveryDescription ?? {};
  if (PointInTimeRecoveryStatus !== "ENABLED") {
    return wrong(
      "point-in-time recovery is off: the table cannot be restored as it was",
      `${redeployLedger(outputs)}. What it was before cannot be had back.`,
    );
  }
  if (RecoveryPeriodInDays < DAYS) {
    return wrong(
      `the table can be restored to the last ${RecoveryPeriodInDays} days, not ${DAYS}`,
      redeployLedger(outputs),
      { days: RecoveryPeriodInDays },
    );
  }
  const since = earliest === undefined ? "" : `, now back to ${earliest.toISOString()}`;
  return fine(`to any second of the last ${DAYS} days${since}`, { days: RecoveryPeriodInDays });
}
