import { type Model, UserError } from "@promptops/core/domain";

/** The sets of environment variables that let a provider be called: one of them must be complete. */
const CREDENTIALS: Readonly<Record<Model["provider"], readonly (readonly string[])[]>> = {
  anthropic: [["ANTHROPIC_API_KEY"]],
  openai: [["OPENAI_API_KEY"]],
  bedrock: [["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], ["AWS_BEARER_TOKEN_BEDROCK"]],
};

/** @throws UserError `missing-credentials` that says which variables to set. */
export function requireCredentials({ provider, id }: Model): void {
  const sets = CREDENTIALS[provider];
  if (!sets.some((names) => names.every(isSet))) {
    throw missing(provider, id, sets.map((names) => names.join(" and ")).join(", or "));
  }
  if (provider === "bedrock" && awsRegion() === undefined) throw missing(provider, id, "AWS_REGION");
}

/** The AWS region; the SDK by itself reads only the first of the two. */
export function awsRegion(): string | undefined {
  return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined;
}

function isSet(name: string): boolean {
  return (process.env[name] ?? "").trim() !== "";
}

function missing(provider: string, model: string, variables: string): UserError {
  return new UserError("missing-credentials", `${model} cannot be called: ${provider} needs ${variables}`, {
    hint: `Set ${variables}. An evaluation can do without and replay recorded answers: promptops eval without --record.`,
    facts: { provider, model },
  });
}
