import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { ServiceError, UserError } from "@promptops/core/domain";
import { outputsParameter, type StageOutputs, stageOutputs } from "./outputs.ts";

/** From where a stage is looked for. */
export interface Search {
  /** The project's folder, where there is one: a deployment from it leaves its outputs there. */
  readonly root?: string | undefined;
  /** Else the region of the deployment from here, else the one that the AWS SDK finds. */
  readonly region?: string | undefined;
}

/**
 * What a deployed stage is made of, as its last deployment said. Asks the account; what a deployment left in this folder
 * stands in where the account does not answer.
 *
 * @throws UserError `stage-not-found`, `stage-outdated` (it was deployed by another release), `no-region`.
 * @throws ServiceError `stage-unknown` where the account does not answer, or does not let the caller ask.
 */
export async function findStage(name: string, { root, region }: Search): Promise<StageOutputs> {
  const here = root === undefined ? undefined : outputsLeftIn(root, name);
  const from = region ?? here?.region;
  try {
    return outputsOf(name, await readParameter(name, from));
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof ParameterNotFound) throw notFound(name, from);
    if (here !== undefined) return here;
    throw unknown(name, error);
  }
}

async function readParameter(stage: string, region: string | undefined): Promise<unknown> {
  const client = new SSMClient({ ...(region !== undefined && { region }), maxAttempts: 2 });
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: outputsParameter(stage) }));
    return JSON.parse(Parameter?.Value ?? "null");
  } finally {
    client.destroy();
  }
}

/** SST leaves the outputs of whichever stage was deployed last. */
function outputsLeftIn(root: string, stage: string): StageOutputs | undefined {
  try {
    const { data } = stageOutputs.safeParse(
      JSON.parse(readFileSync(join(root, ".sst", "outputs.json"), "utf8")),
    );
    return data?.stage === stage ? data : undefined;
  } catch {
    return undefined;
  }
}

function outputsOf(stage: string, value: unknown): StageOutputs {
  const { data, error } = stageOutputs.safeParse(value);
  if (data !== undefined) return data;
  const lacking = error.issues.map(({ path }) => path.join(".") || "everything").join(", ");
  throw new UserError(
    "stage-outdated",
    `the stage ${stage} was deployed by another release: it lacks ${lacking}`,
    {
      hint: `Deploy it with this one: npx sst deploy --stage ${stage}`,
    },
  );
}

function notFound(stage: string, region: string | undefined): UserError {
  const where = region === undefined ? "in this account and region" : `in ${region}, in this account`;
  return new UserError("stage-not-found", `there is no stage ${stage} ${where}`, {
    hint: `Is AWS_REGION its region, and AWS_PROFILE its account? It is made by: npx sst deploy --stage ${stage}`,
    facts: { stage, region },
  });
}

function unknown(stage: string, error: unknown): UserError | ServiceError {
  const { name, message } = error as Error;
  if (message.includes("Region is missing")) {
    return new UserError("no-region", `the region of the stage ${stage} is not known`, {
      hint: "Set AWS_REGION.",
      cause: error,
    });
  }
  return new ServiceError(
    "stage-unknown",
    `what the stage ${stage} is made of cannot be read: ${name}: ${message}`,
    {
      hint: hintFor(name, stage),
      cause: error,
    },
  );
}

function hintFor(name: string, stage: string): string {
  if (name === "CredentialsProviderError") return "Sign in (aws sso login), or set AWS_PROFILE.";
  if (/^(ExpiredToken|RequestExpired)/.test(name)) return "Sign in again: aws sso login";
  if (/^(AccessDenied|UnrecognizedClient|InvalidSignature)/.test(name)) {
    return `The caller needs ssm:GetParameter on the parameter ${outputsParameter(stage)}: aws sts get-caller-identity says who it is.`;
  }
  return "Check the network, and run it again.";
}
