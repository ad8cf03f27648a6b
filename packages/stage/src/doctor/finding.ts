import type { StageOutputs } from "../outputs.ts";

/** What was found of one thing. */
export interface Finding {
  /** What was looked at, such as `table`. A check has one finding, or one for each thing that is wrong. */
  readonly check: string;
  /** `unknown` is what could not be looked at. */
  readonly state: "fine" | "wrong" | "unknown";
  readonly says: string;
  /** What to do, where it is not fine. */
  readonly mend?: string;
  readonly facts?: Facts;
}

const DEPLOY = "npx sst deploy";

type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Makes the findings of one check. */
export function findingsOf(check: string) {
  return {
    fine: (says: string, facts?: Facts): Finding => ({ check, state: "fine", says, ...(facts && { facts }) }),
    wrong: (says: string, mend: string, facts?: Facts): Finding => ({
      check,
      state: "wrong",
      says,
      mend,
      ...(facts && { facts }),
    }),
    unknown: (says: string, mend: string, facts?: Facts): Finding => ({
      check,
      state: "unknown",
      says,
      mend,
      ...(facts && { facts }),
    }),
  };
}

/** How everything but the ledger comes back to what the program says. */
export function redeploy({ stage }: StageOutputs): string {
  return `Deploy again: ${deployment(stage)}`;
}

/** How the ledger's table comes back to what the program says. */
export function redeployLedger({ stage, keepsLedger }: StageOutputs): string {
  return `${keepsLedger ? "Deploy as break-glass" : "Deploy again"}: ${deployment(stage)}`;
}

/**
 * A finding where there is no table: without one, a deployment makes an empty one, which clients read in place of what they
 * hold. So nothing advises to deploy then; who has restored the table looks again.
 */
export function untilRestored(finding: Finding): Finding {
  if (!finding.mend?.includes(DEPLOY)) return finding;
  return {
    ...finding,
    mend: "Restore the table first, then look again: a deployment now would make an empty one.",
  };
}

/** Without the refresh, a deployment does not see what was changed by other means. */
function deployment(stage: string): string {
  return `npx sst refresh --stage ${stage} && ${DEPLOY} --stage ${stage}`;
}
