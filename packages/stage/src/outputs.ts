import { UserError } from "@promptops/core/domain";
import { z } from "zod";

/**
 * What a deployment says of the stage that it made: the outputs of `sst deploy`, which are also kept in the account,
 * in {@link outputsParameter}.
 */
export const stageOutputs = z.object({
  stage: z.string(),
  account: z.string(),
  region: z.string(),
  /** Whether the ledger outlives mistakes: only the break-glass role deletes or reshapes it. */
  keepsLedger: z.boolean(),
  /** The ARN of the one role that may do to the ledger what nobody else may. */
  breakGlassRole: z.string().optional(),
  /** The ledger's table. */
  table: z.string(),
  /** Where large definitions are, as `PROMPTOPS_BLOBS` has it: `s3://bucket`. */
  blobs: z.string(),
  /** The ARN of the policy for functions of other programs that read prompts. */
  readerPolicy: z.string(),
  /** The ARN of the layer's version. */
  layer: z.string(),
  functions: z.array(z.string()),
  /** The ARN of the topic that alarms go to. */
  alarms: z.string(),
  /** The pipe that tells of items which were changed or removed. */
  tamperAlarm: z.string(),
  dashboard: z.string(),
  /** The bucket for datasets and results. */
  batchBucket: z.string(),
  /** The ARN of the state machine that runs jobs. */
  stateMachine: z.string(),
  /** The ARN of the role that Bedrock's batch inference takes. */
  bedrockRole: z.string(),
  /** The bucket of events. */
  lake: z.string(),
  eventsDatabase: z.string(),
  eventsWorkgroup: z.string(),
  /** The stream for programs that send events themselves. */
  eventsStream: z.string(),
  /** The stream for logs. */
  logsStream: z.string(),
  /** The ARNs of the roles of workflows, where the stage has a repository. */
  readerRole: z.string().optional(),
  syncRole: z.string().optional(),
  deployRole: z.string().optional(),
});

export type StageOutputs = z.infer<typeof stageOutputs>;

/**
 * What every release's deployments say. The rest may be missing from a stage that another release deployed: who pins or rolls back
 * must not have to wait for a deployment.
 */
export const foundStage = stageOutputs
  .partial()
  .required({ stage: true, account: true, region: true, table: true, blobs: true });

export type FoundStage = z.infer<typeof foundStage>;

/**
 * All that a stage is made of.
 *
 * @throws UserError `stage-outdated` where the release that deployed it did not say some of it.
 */
export function wholeStage(found: FoundStage): StageOutputs {
  const { data, error } = stageOutputs.safeParse(found);
  if (data !== undefined) return data;
  throw outdated(found.stage, error);
}

/** The refusal of outputs that lack something. */
export function outdated(stage: string, { issues }: z.ZodError): UserError {
  const lacking = issues.map(({ path }) => path.join(".") || "everything").join(", ");
  return new UserError(
    "stage-outdated",
    `the stage ${stage} was deployed by another release: it lacks ${lacking}`,
    { hint: `Deploy it with this one: npx sst deploy --stage ${stage}` },
  );
}

/** The name of the parameter in which a stage's outputs are kept, as JSON. SSM's standard parameters hold 4 KB. */
export function outputsParameter(stage: string): string {
  return `/promptops/${stage}`;
}
