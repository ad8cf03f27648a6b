import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { ServiceError, UserError } from "@promptops/core/domain";
import { type FoundStage, foundStage, outdated, outputsParameter } from "./outputs.ts";

/** From where a stage is looked for. */
export interface Search {
  /** The project's folder, where there is one: a deployment from it leaves its outputs there. */
  readonly root?: string | undefined;
  /** Else the region of the deployment from here, else the one that the AWS SDK finds. */
  readonly region?: string | undefined;
}

/** A stage, and why it may not be as it says. */
export interface Found {
  readonly stage: FoundStage;
  /** Where the account did not answer, and what an earlier deployment from this folder said stands in. */
  readonly doubt?: string;
}

/** However long a connection takes, and an answer: the stage may be looked for because something is out of order. */
const CONNECTION_MS = 2_000;
const ANSWER_MS = 8_000;

/**
 * What a deployed stage is made of, as its last deployment said. Asks the account; what a deployment left in this folder
 * stands in where the account does not answer.
 *
 * @throws UserError `stage-not-found`, `stage-outdated` (another release deployed it, which did not say the least), `no-region`.
 * @throws ServiceError `stage-unknown` where the account does not answer, or does not let the caller ask.
 */
export async function findStage(name: string, { root, region }: Search): Promise<Found> {
  const here = root === undefined ? undefined : outputsLeftIn(root, name);
  const from = region ?? here?.stage.region;
  try {
    const { data, error } = foundStage.safeParse(await readParameter(name, from));
    if (data === undefined) throw outdated(name, error);
    return { stage: data };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof ParameterNotFound) throw notFound(name, from);
    if (here === undefined) throw unknown(name, error);
    const why = `${(error as Error).name}: ${(error as Error).message}`;
    return {
      stage: here.stage,
      doubt: `the account does not say what the stage ${name} is made of (${why}); taking what the deployment from this folder said on ${here.at}`,
    };
  }
}

async function readParameter(stage: string, region: string | undefined): Promise<unknown> {
  const client = new SSMClient({
    ...(region !== undefined && { region }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: CONNECTION_MS },
  });
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: outputsParameter(stage) }), {
      abortSignal: AbortSignal.timeout(ANSWER_MS),
    });
    return JSON.parse(Parameter?.Value ?? "null");
  } finally {
    client.destroy();
  }
}

/** SST leaves the outputs of whichever stage was deployed last. */
function outputsLeftIn(root: string, stage: string) {
  const file = join(root, ".sst", "outputs.json");
  try {
    const { data } = foundStage.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return data?.stage === stage ? { stage: data, at: statSync(file).mtime.toISOString() } : undefined;
  } catch {
    return undefined;
  }
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
