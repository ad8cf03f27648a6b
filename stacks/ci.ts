/// <reference path="../.sst/platform/config.d.ts" />
import { outputsParameter } from "@promptops/stage/outputs";
import { deployPermissions } from "./deploy-permissions.ts";
import type { createLedger } from "./ledger.ts";
import { type GitHub, nameOf, type Stage } from "./stage.ts";

const ISSUER = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

/**
 * The roles of the repository's workflows, which GitHub's own tokens open: no secret is kept anywhere. A pull request
 * reads; what writes runs in the stage's environment, whose rules say which branches may and who is asked.
 */
export function createCiRoles(stage: Stage, ledger: ReturnType<typeof createLedger>) {
  const { github } = stage;
  if (github === undefined) return undefined;
  const provider = github.provider ?? createProvider();
  const inEnvironment = `environment:${github.environment}`;
  const role = (
    name: string,
    subject: string,
    statements: NonNullable<aws.iam.GetPolicyDocumentOutputArgs["statements"]>,
  ) =>
    new aws.iam.Role(`Ci${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
      name: nameOf(stage, `ci-${name}`),
      description: `GitHub Actions, ${github.repository}: ${subject}`,
      assumeRolePolicy: trust(github, provider, subject),
      inlinePolicies: [{ name, policy: aws.iam.getPolicyDocumentOutput({ statements }).json }],
    });
  const { read, write } = ledger.permissions;
  // `--stage` finds the ledger by what the deployment has said of it.
  const find = {
    actions: ["ssm:GetParameter"],
    resources: [`arn:aws:ssm:*:*:parameter${outputsParameter(stage.name)}`],
  };
  return {
    reader: role("reader", "pull_request", [...read, find]),
    sync: role("sync", inEnvironment, [...write, find]),
    deploy: role("deploy", inEnvironment, deployPermissions(stage, ledger.table.arn)),
  };
}

function createProvider(): $util.Output<string> {
  const provider = new aws.iam.OpenIdConnectProvider(
    "GitHub",
    { url: `https://${ISSUER}`, clientIdLists: [AUDIENCE] },
    // Other stages of the account may use it by then.
    { retainOnDelete: true },
  );
  return provider.arn;
}

/** Who may take a role: a workflow of this repository, on this occasion. There are no wildcards. */
function trust({ repository }: GitHub, provider: $util.Input<string>, subject: string) {
  const equals = (variable: string, value: string) => ({
    test: "StringEquals",
    variable: `${ISSUER}:${variable}`,
    values: [value],
  });
  return aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRoleWithWebIdentity"],
        principals: [{ type: "Federated", identifiers: [provider] }],
        conditions: [equals("aud", AUDIENCE), equals("sub", `repo:${repository}:${subject}`)],
      },
    ],
  }).json;
}
