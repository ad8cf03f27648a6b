import { hostname, userInfo } from "node:os";
import { gitUser } from "@promptops/authoring";

/** Where CI systems say who set off the run. */
const CI_ACTORS: readonly (readonly [variable: string, system: string])[] = [
  ["GITHUB_ACTOR", "github"],
  ["GITLAB_USER_LOGIN", "gitlab"],
  ["BUILDKITE_BUILD_CREATOR", "buildkite"],
  ["CIRCLE_USERNAME", "circleci"],
  ["BITBUCKET_STEP_TRIGGERER_UUID", "bitbucket"],
  ["BUILD_REQUESTEDFOR", "azure"],
];

/** Who acts, never empty: the CI actor, else the AWS identity where the ledger is on AWS, else the git user, else the login. */
export async function findActor(
  env: Readonly<Record<string, string | undefined>>,
  onAws: boolean,
  folder: string,
): Promise<string> {
  for (const [variable, system] of CI_ACTORS) if (env[variable]) return `${system}:${env[variable]}`;
  const identity = onAws ? await awsIdentity() : undefined;
  if (identity !== undefined) return identity;
  const user = await gitUser(folder);
  return user === undefined ? `${userInfo().username}@${hostname()}` : `git:${user}`;
}

/** The caller's ARN; undefined when STS does not say, which must not stop a rollback. */
async function awsIdentity(): Promise<string | undefined> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  try {
    return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;
  } catch {
    return undefined;
  }
}
