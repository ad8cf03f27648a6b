import { runSimulation, runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import { inputsOf, resourcesOf } from "./describe-program.ts";
import type { Evaluation, Resource } from "./evaluate.ts";

const ACCOUNT = "123456789012";
const GITHUB = "token.actions.githubusercontent.com";
const GITHUB_PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}`;

/** Somebody who calls AWS, and what their own policies say. */
export interface Principal {
  readonly name: string;
  readonly arn: string;
  readonly policies: readonly object[];
  /** What they may do at most. */
  readonly boundary?: object;
}

/** A call of AWS: an action on a resource, and what else of it policies look at. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** A policy that allows everything: the most that an account can give anybody. */
const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/** The policies that a role may have attached, as AWS has them. */
const MANAGED: Readonly<Record<string, object>> = {
  "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "*",
      },
    ],
  },
};

/** The roles that the program makes, and who else there is in an account. */
export function principalsOf(evaluation: Evaluation): readonly Principal[] {
  const roles = resourcesOf(evaluation, "aws:iam/role:Role").map(({ name, inputs }) => ({
    name: name.replace(/Role$/, ""),
    arn: `arn:aws:iam::${ACCOUNT}:role/${inputs.name}`,
    policies: policiesOf(inputs),
    ...(inputs.permissionsBoundary !== undefined && { boundary: boundaryOf(evaluation, inputs) }),
  }));
  const anybody = (name: string, arn: string) => ({
    name,
    arn: `arn:aws:iam::${ACCOUNT}:${arn}`,
    policies: [EVERYTHING],
  });
  return [
    ...roles,
    anybody("administrator", "role/administrator"),
    anybody("root user", "root"),
    anybody("break-glass", "role/break-glass"),
  ];
}

/** The policy that a role is held to. */
function boundaryOf(evaluation: Evaluation, { permissionsBoundary }: Resource["inputs"]): object {
  const found = resourcesOf(evaluation, "aws:iam/policy:Policy").find(
    ({ inputs }) => permissionsBoundary === `arn:aws:iam::${ACCOUNT}:policy/${inputs.name}`,
  );
  if (found === undefined) throw new Error(`${permissionsBoundary} is no policy of the program`);
  return JSON.parse(found.inputs.policy as string) as object;
}

function policiesOf({ inlinePolicies = [], managedPolicyArns = [] }: Resource["inputs"]): readonly object[] {
  const inline = (inlinePolicies as readonly { readonly policy: string }[]).map(
    ({ policy }) => JSON.parse(policy) as object,
  );
  const managed = (managedPolicyArns as readonly string[]).map((arn) => {
    const policy = MANAGED[arn];
    if (policy === undefined) throw new Error(`nobody says what ${arn} allows`);
    return policy;
  });
  return [...inline, ...managed];
}

/** Whether AWS would do what is asked, by the rules of IAM: the caller's policies, and those of the ledger's table and blobs. */
export async function isAllowed(
  evaluation: Evaluation,
  { arn, policies, boundary }: Principal,
  { action, resource, context }: Call,
): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: arn,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { "aws:SecureTransport": "true", "aws:PrincipalArn": arn, ...context },
      },
      identityPolicies: policies.map((policy, at) => ({ name: `policy-${at}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(boundary && { permissionBoundaryPolicies: [{ name: "boundary", policy: boundary }] }),
      resourcePolicy: resourcePolicyOf(evaluation, resource),
    },
    {},
  );
  if (answer.resultType === "error") throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === "Allowed";
}

/** Whether GitHub's token for a subject opens a role. */
export function mayAssume({ inputs }: Resource, subject: string, audience = "sts.amazonaws.com"): boolean {
  const { Statement } = JSON.parse(inputs.assumeRolePolicy as string) as {
    Statement: readonly TrustStatement[];
  };
  const ours = Statement.filter(({ Principal }) => [Principal.Federated].flat().includes(GITHUB_PROVIDER));
  const answer = runUnsafeSimulation(
    {
      request: {
        principal: GITHUB_PROVIDER,
        action: "sts:AssumeRoleWithWebIdentity",
        resource: { resource: `arn:aws:iam::${ACCOUNT}:role/${inputs.name}`, accountId: ACCOUNT },
        contextVariables: { [`${GITHUB}:sub`]: subject, [`${GITHUB}:aud`]: audience },
      },
      // Of a trust policy, the simulator would drop what the token says. As the caller's own, without principals, it holds.
      identityPolicies: ours.map(({ Principal: _, ...statement }, at) => ({
        name: `statement-${at}`,
        policy: { Version: "2012-10-17", Statement: [{ ...statement, Resource: "*" }] },
      })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  return answer === "Allowed";
}

interface TrustStatement {
  readonly Principal: Readonly<Record<string, string | readonly string[]>>;
}

function resourcePolicyOf(evaluation: Evaluation, resource: string): object | undefined {
  const table = inputsOf(evaluation, "aws:dynamodb/resourcePolicy:ResourcePolicy", "LedgerPolicy");
  if (resource.startsWith(table.resourceArn as string)) return JSON.parse(table.policy as string) as object;
  const blobs = inputsOf(evaluation, "aws:s3/bucketPolicy:BucketPolicy", "BlobsPolicy");
  if (resource.startsWith(`arn:aws:s3:::${blobs.bucket}`))
    return JSON.parse(blobs.policy as string) as object;
  return undefined;
}
