import { UserError } from "@promptops/core/domain";

/** Where something stands: whose it is, and what must not happen to it. */
export interface Stage {
  readonly name: string;
  /** Any name but `production` and `staging` is a person's own stage, to be made and removed at will. */
  readonly kind: "personal" | "staging" | "production";
  /** What `sst remove` does to tables and buckets. */
  readonly removal: "remove" | "retain";
  /** Whether `sst remove` is refused. */
  readonly protect: boolean;
  /** Whether the ledger outlives mistakes: it can be deleted or reshaped by the break-glass role alone. */
  readonly keepsLedger: boolean;
  readonly logRetention: "1 week" | "1 month" | "1 year";
  /** Mail addresses. */
  readonly alarmRecipients: readonly string[];
  /** The ARN of the one role that may do to the ledger what nobody else may. */
  readonly breakGlassRole?: string;
  readonly account?: string;
  readonly region?: string;
  /** A file that `promptops snapshot` wrote, to ship in the layer. */
  readonly snapshot?: string;
  /** The repository whose workflows get roles. */
  readonly github?: GitHub;
}

export interface GitHub {
  /** `owner/name`, or `owner@number/name@number`: as it is in the subject of GitHub's tokens. */
  readonly repository: string;
  /** The environment that the workflows which write run in; its rules say which branches may. */
  readonly environment: string;
  /** The ARN of the account's identity provider for GitHub. An account has one: the first stage makes it. */
  readonly provider?: string;
}

/** What the settings are read from: `process.env`, which SST fills from `.env` and `.env.<stage>`. */
type Environment = Readonly<Record<string, string | undefined>>;

const APP = "promptops";
const RETENTION = { personal: "1 week", staging: "1 month", production: "1 year" } as const;
/** As names of buckets and databases begin with it, and names of roles and streams have at most 64 characters. */
const NAME = /^[a-z][a-z0-9-]{0,19}$/;
const SHARED = ["production", "staging"] as const;
const ROLE_ARN = /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/;
/** With the owner's and the repository's numbers where GitHub's tokens have them, as those of newer repositories do. */
const REPOSITORY = /^[\w.-]+(@\d+)?\/[\w.-]+(@\d+)?$/;

/**
 * The rules of a stage, all of them, from its name and from settings.
 *
 * @throws UserError `malformed-stage`, `missing-setting` or `malformed-setting`, before anything is deployed.
 */
export function stageOf(name: string, environment: Environment): Stage {
  if (!NAME.test(name) || SHARED.some((shared) => name.startsWith(`${shared}-`))) throw malformedName(name);
  const kind = SHARED.find((shared) => shared === name) ?? "personal";
  const shared = kind !== "personal";
  const setting = (variable: string) => environment[variable]?.trim() || undefined;
  const breakGlassRole = setting("PROMPTOPS_BREAK_GLASS_ROLE");
  const alarmRecipients = setting("PROMPTOPS_ALARM_RECIPIENTS")?.split(/[\s,]+/) ?? [];
  if (shared && breakGlassRole === undefined) {
    throw missing(
      name,
      "PROMPTOPS_BREAK_GLASS_ROLE",
      "the ARN of the role that may mend the ledger in an emergency",
    );
  }
  if (breakGlassRole !== undefined && !ROLE_ARN.test(breakGlassRole)) {
    throw malformed(
      "PROMPTOPS_BREAK_GLASS_ROLE",
      breakGlassRole,
      "arn:aws:iam::123456789012:role/break-glass",
    );
  }
  if (shared && alarmRecipients.length === 0) {
    throw missing(
      name,
      "PROMPTOPS_ALARM_RECIPIENTS",
      "the mail addresses that alarms go to, with commas between them",
    );
  }
  const account = setting("PROMPTOPS_AWS_ACCOUNT");
  const region = setting("AWS_REGION");
  const snapshot = setting("PROMPTOPS_SNAPSHOT");
  const github = githubOf(name, setting);
  return {
    name,
    kind,
    removal: shared ? "retain" : "remove",
    protect: kind === "production",
    keepsLedger: shared,
    logRetention: RETENTION[kind],
    alarmRecipients,
    ...(breakGlassRole !== undefined && { breakGlassRole }),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    ...(snapshot !== undefined && { snapshot }),
    ...(github !== undefined && { github }),
  };
}

/** What a thing is called in its account: known before it is made, so that permissions and people can name it. */
export function nameOf({ name }: Pick<Stage, "name">, thing: string): string {
  return `${APP}-${name}-${thing}`;
}

function githubOf(stage: string, setting: (variable: string) => string | undefined): GitHub | undefined {
  const repository = setting("PROMPTOPS_GITHUB_REPOSITORY");
  if (repository === undefined) return undefined;
  if (!REPOSITORY.test(repository))
    throw malformed("PROMPTOPS_GITHUB_REPOSITORY", repository, "acme/prompts");
  const provider = setting("PROMPTOPS_GITHUB_PROVIDER");
  const environment = setting("PROMPTOPS_GITHUB_ENVIRONMENT") ?? stage;
  return { repository, environment, ...(provider !== undefined && { provider }) };
}

function malformedName(name: string): UserError {
  return new UserError("malformed-stage", `A stage cannot be called ${JSON.stringify(name)}`, {
    hint:
      "Its name has at most 20 lower-case letters, digits and hyphens, begins with a letter, and not with that of a shared stage " +
      "and a hyphen: what may be done to a shared stage would be so to this one. Nothing was deployed.",
  });
}

function missing(stage: string, variable: string, what: string): UserError {
  return new UserError("missing-setting", `The stage ${stage} needs ${variable}: ${what}`, {
    hint: `Set it in the environment or in .env.${stage}. Nothing was deployed.`,
  });
}

function malformed(variable: string, value: string, example: string): UserError {
  return new UserError("malformed-setting", `${variable} is ${JSON.stringify(value)}, which it cannot be`, {
    hint: `It looks like this: ${example}. Nothing was deployed.`,
  });
}
