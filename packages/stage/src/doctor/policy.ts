import { GetResourcePolicyCommand, PolicyNotFoundException } from "@aws-sdk/client-dynamodb";
import { OVERWRITES, UNDOINGS } from "../ledger-policy.ts";
import type { StageOutputs } from "../outputs.ts";
import { tableArn } from "./arns.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeployLedger } from "./finding.ts";
import { parsePolicy, sparedBy } from "./policy-document.ts";

const { fine, wrong } = findingsOf("policy");

export async function checkPolicy({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const command = new GetResourcePolicyCommand({ ResourceArn: tableArn(outputs) });
  const policy = clients.dynamodb.send(command, { abortSignal: signal }).catch((error: unknown) => {
    if (error instanceof PolicyNotFoundException) return { Policy: undefined };
    throw error;
  });
  const answer = await ask("dynamodb:GetResourcePolicy", policy, ["ResourceNotFoundException"]);
  // That there is no table is said once, by its own check.
  return answer === undefined ? [] : judgePolicy(answer.Policy, outputs);
}

/** Whether the table's own policy denies everybody what it should, by what it means and not by how it is written. */
export function judgePolicy(policy: string | undefined, outputs: StageOutputs): readonly Finding[] {
  const { table, keepsLedger, breakGlassRole } = outputs;
  const mend = `${redeployLedger(outputs)}; CloudTrail says who changed it (PutResourcePolicy, DeleteResourcePolicy). Then npx promptops verify --stage ${outputs.stage}`;
  if (policy === undefined) {
    return [wrong(`${table} has no policy: whoever may write to it may overwrite and delete`, mend)];
  }
  const statements = parsePolicy(policy);
  const actions = keepsLedger ? [...OVERWRITES, ...UNDOINGS] : OVERWRITES;
  const spared = actions.map((action) => ({
    action,
    roles: sparedBy(statements, action, tableArn(outputs)),
  }));
  const open = spared.filter(({ roles }) => roles === undefined).map(({ action }) => action);
  const roles = [...new Set(spared.flatMap(({ roles = [] }) => roles))];
  const strangers = roles.filter((role) => role !== breakGlassRole && !replicates(role, outputs));
  const faults: Finding[] = [];
  if (open.length > 0) {
    const facts = { actions: open };
    faults.push(wrong(`the policy does not deny everybody ${open.join(", ")}`, mend, facts));
  }
  for (const role of strangers) {
    const what = spared.filter(({ roles = [] }) => roles.includes(role)).map(({ action }) => action);
    const facts = { role, actions: what };
    faults.push(wrong(`the policy spares ${role}: it may ${what.join(", ")}`, mend, facts));
  }
  if (breakGlassRole !== undefined && open.length === 0 && !roles.includes(breakGlassRole)) {
    faults.push(
      wrong(`the policy binds ${breakGlassRole} too: nobody can mend the ledger`, mend, {
        role: breakGlassRole,
      }),
    );
  }
  if (faults.length > 0) return faults;
  const but = roles.length > 0 ? `everybody but ${roles.join(", ")}` : "everybody";
  return [fine(`denies ${but} ${actions.length} actions`, { actions, spared: roles })];
}

/** Whether a role is what brings items to a replica and from it: AWS alone can be it. */
function replicates(role: string, { account }: StageOutputs): boolean {
  const path = String.raw`aws-service-role/replication\.dynamodb\.amazonaws\.com/AWSServiceRoleForDynamoDBReplication`;
  return new RegExp(String.raw`^arn:[\w-]+:iam::${account}:role/${path}$`).test(role);
}
