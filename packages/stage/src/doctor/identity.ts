import type { GetCallerIdentityCommandOutput } from "@aws-sdk/client-sts";
import type { StageOutputs } from "../outputs.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** Who asks, and whether in the stage's account. */
export function judgeIdentity(
  { Account, Arn = "" }: Pick<GetCallerIdentityCommandOutput, "Account" | "Arn">,
  { stage, account }: StageOutputs,
): Finding {
  const { fine, wrong } = findingsOf("identity");
  if (Account === account) return fine(`${Arn}, in the stage's account`, { arn: Arn, account });
  return wrong(
    `the caller is ${Arn}, in the account ${Account}: ${stage} is in ${account}`,
    `Set AWS_PROFILE to a profile of the account ${account}. Nothing else was looked at.`,
    { arn: Arn, account: Account ?? "" },
  );
}
