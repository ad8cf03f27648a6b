import { paginateListSubscriptionsByTopic, type Subscription } from "@aws-sdk/client-sns";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeploy } from "./finding.ts";

export async function checkRecipients({
  outputs,
  clients,
  signal,
}: Examination): Promise<readonly Finding[]> {
  const input = { TopicArn: outputs.alarms };
  const pages = paginateListSubscriptionsByTopic({ client: clients.sns }, input, { abortSignal: signal });
  const answers = await ask("sns:ListSubscriptionsByTopic", Array.fromAsync(pages), ["NotFoundException"]);
  return judgeRecipients(
    answers?.flatMap(({ Subscriptions = [] }) => Subscriptions),
    outputs,
  );
}

/** Whether somebody is told of alarms. A recipient is told nothing until the mail that asks is confirmed. */
export function judgeRecipients(
  subscriptions: readonly Subscription[] | undefined,
  outputs: StageOutputs,
): readonly Finding[] {
  const { fine, wrong } = findingsOf("recipients");
  const mend = redeploy(outputs);
  if (subscriptions === undefined)
    return [wrong(`there is no topic ${outputs.alarms}: no alarm is told`, mend)];
  const told = subscriptions.filter(({ SubscriptionArn = "" }) => SubscriptionArn.startsWith("arn:"));
  const pending = subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn === "PendingConfirmation");
  const faults = pending.map(({ Endpoint: endpoint = "?" }) =>
    wrong(
      `${endpoint} has not confirmed, and is told nothing`,
      "Confirm the mail from Amazon SNS. If it is lost, have another sent: aws sns subscribe --protocol email " +
        `--topic-arn ${outputs.alarms} --notification-endpoint ${endpoint}`,
      { endpoint },
    ),
  );
  if (faults.length > 0) return faults;
  if (told.length > 0) {
    const endpoints = told.flatMap(({ Endpoint }) => Endpoint ?? []);
    return [fine(endpoints.join(", "), { endpoints })];
  }
  if (!outputs.keepsLedger) return [fine("nobody, which a personal stage may have")];
  return [wrong("nobody is told of alarms", `Set PROMPTOPS_ALARM_RECIPIENTS. ${mend}`)];
}
