import { type MetricAlarm, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeploy } from "./finding.ts";

export async function checkAlarms({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const input = { AlarmNamePrefix: prefixOf(outputs) };
  const pages = paginateDescribeAlarms({ client: clients.cloudwatch }, input, { abortSignal: signal });
  const answers = await ask("cloudwatch:DescribeAlarms", Array.fromAsync(pages), []);
  return judgeAlarms(
    (answers ?? []).flatMap(({ MetricAlarms = [] }) => MetricAlarms),
    outputs,
  );
}

/** Which alarms ring, and which tell nobody who should be told. */
export function judgeAlarms(alarms: readonly MetricAlarm[], outputs: StageOutputs): readonly Finding[] {
  const { fine, wrong } = findingsOf("alarms");
  const own = alarms.filter((alarm) => isOwn(alarm, outputs));
  if (own.length === 0) return [wrong(`there are no alarms ${prefixOf(outputs)}…`, redeploy(outputs))];
  const faults = own.flatMap((alarm) => {
    const {
      AlarmName: name = "?",
      StateValue,
      StateReason,
      AlarmDescription = "",
      AlarmActions = [],
    } = alarm;
    const { StateUpdatedTimestamp: since } = alarm;
    const found: Finding[] = [];
    if (StateValue === "ALARM") {
      const when = since === undefined ? "" : ` since ${since.toISOString()}`;
      const about = AlarmDescription === "" ? "" : `${AlarmDescription}. `;
      const says = `${name} rings${when}: ${about}${StateReason ?? ""}`.trimEnd();
      found.push(wrong(says, 'Look it up in docs/operations.md, under "Alarms".', { alarm: name }));
    }
    if (alarm.ActionsEnabled === false || AlarmActions.length === 0) {
      found.push(wrong(`${name} tells nobody: its actions are off`, redeploy(outputs), { alarm: name }));
    } else if (!AlarmActions.includes(outputs.alarms)) {
      const says = `${name} tells others, not the topic of alarms`;
      found.push(wrong(says, redeploy(outputs), { alarm: name, told: AlarmActions }));
    }
    return found;
  });
  return faults.length > 0 ? faults : [fine(`none of ${own.length} rings`, { alarms: own.length })];
}

/**
 * Whether an alarm with the stage's prefix is the stage's. No stage's name begins with that of a stage which keeps its ledger
 * and a hyphen; that of another personal stage may, and it has another topic.
 */
function isOwn(
  { AlarmName = "", AlarmActions = [], OKActions = [] }: MetricAlarm,
  outputs: StageOutputs,
): boolean {
  const tells = [...AlarmActions, ...OKActions].includes(outputs.alarms);
  return AlarmName.startsWith(prefixOf(outputs)) && (outputs.keepsLedger || tells);
}

function prefixOf({ stage }: StageOutputs): string {
  return `promptops-${stage}-`;
}
