/// <reference path="../.sst/platform/config.d.ts" />
import { outputsParameter } from "@promptops/stage/outputs";
import { boundaryName } from "./boundary.ts";
import { nameOf, type Stage } from "./stage.ts";

/** What the program's resources are made of, and what of it is the stage's own. IAM is apart. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  athena: ["workgroup/NAME"],
  cloudwatch: ["alarm:NAME", "dashboard/NAME"],
  dynamodb: ["table/NAME"],
  events: ["rule/NAME"],
  firehose: ["deliverystream/NAME"],
  glue: ["catalog", "database/DATABASE", "table/DATABASE/*"],
  lambda: ["function:NAME", "layer:NAME", "layer:NAME:*"],
  logs: ["log-group:/aws/lambda/NAME", "log-group:/aws/kinesisfirehose/NAME"],
  pipes: ["pipe/NAME"],
  sns: ["NAME"],
  states: ["stateMachine:NAME"],
};

/** To look at what is there, where AWS has no resource to name. */
const LOOKS = [
  "cloudwatch:DescribeAlarms",
  "lambda:ListLayerVersions",
  "logs:DescribeLogGroups",
  "ssm:DescribeParameters",
  "states:ValidateStateMachineDefinition",
  "sts:GetCallerIdentity",
];

/** What gives a role its rights. Each of them can be held to a boundary. */
const RIGHTS = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
];

/**
 * What `sst deploy` may do: make and change this program's resources. Items of the ledger are none of its business. It gives rights
 * to roles that are named after the stage and held to the boundary, so to none that could do more than a service may; the roles of
 * workflows, its own among them, and the boundary itself are changed by a person.
 */
export function deployPermissions(stage: Stage, ledger: $util.Output<string>) {
  const { breakGlassRole } = stage;
  const nameIn = (resource: string) =>
    resource.replace("NAME", nameOf(stage, "*")).replace("DATABASE", nameOf(stage, "*").replaceAll("-", "_"));
  const iam = (kind: "role" | "policy", name: string) => `arn:aws:iam::*:${kind}/${name}`;
  const boundary = iam("policy", boundaryName(stage));
  return [
    ...Object.entries(RESOURCES).map(([service, resources]) => ({
      actions: [`${service}:*`],
      resources: resources.map((resource) => `arn:aws:${service}:*:*:${nameIn(resource)}`),
    })),
    { actions: LOOKS, resources: ["*"] },
    // What calls a function from a stream has no name, but it has a function.
    {
      actions: [
        "lambda:CreateEventSourceMapping",
        "lambda:DeleteEventSourceMapping",
        "lambda:UpdateEventSourceMapping",
      ],
      resources: ["*"],
      conditions: [
        {
          test: "ArnLike",
          variable: "lambda:FunctionArn",
          values: [`arn:aws:lambda:*:*:function:${nameOf(stage, "*")}`],
        },
      ],
    },
    {
      actions: [
        "lambda:GetEventSourceMapping",
        "lambda:ListTags",
        "lambda:TagResource",
        "lambda:UntagResource",
      ],
      resources: ["arn:aws:lambda:*:*:event-source-mapping:*"],
    },
    // The stage's buckets, and those in which SST keeps its state and the code of functions.
    {
      actions: ["s3:*"],
      resources: [nameOf(stage, "*"), "sst-asset-*", "sst-state-*"].map((bucket) => `arn:aws:s3:::${bucket}`),
    },
    // Where SST keeps what it was set up with, and its passphrase, and where the stage's outputs are.
    {
      actions: [
        "ssm:AddTagsToResource",
        "ssm:DeleteParameter",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:ListTagsForResource",
        "ssm:PutParameter",
        "ssm:RemoveTagsFromResource",
      ],
      resources: ["/sst/*", outputsParameter(stage.name)].map((name) => `arn:aws:ssm:*:*:parameter${name}`),
    },
    {
      actions: RIGHTS,
      resources: [iam("role", nameOf(stage, "*"))],
      conditions: [{ test: "ArnLike", variable: "iam:PermissionsBoundary", values: [boundary] }],
    },
    {
      actions: [
        "iam:DeleteRole",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
        "iam:PassRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      resources: [iam("role", nameOf(stage, "*"))],
    },
    {
      actions: [
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListPolicyTags",
        "iam:ListPolicyVersions",
        "iam:TagPolicy",
        "iam:UntagPolicy",
      ],
      resources: [iam("policy", nameOf(stage, "*"))],
    },
    {
      effect: "Deny",
      actions: [
        ...RIGHTS,
        "iam:DeleteRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PassRole",
        "iam:UpdateAssumeRolePolicy",
      ],
      resources: [iam("role", nameOf(stage, "ci-*"))],
    },
    {
      effect: "Deny",
      actions: ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"],
      resources: [boundary],
    },
    {
      actions: [
        "iam:CreateOpenIDConnectProvider",
        "iam:GetOpenIDConnectProvider",
        "iam:TagOpenIDConnectProvider",
      ],
      resources: ["arn:aws:iam::*:oidc-provider/token.actions.githubusercontent.com"],
    },
    // In words of its own, so that it holds on personal stages and before the ledger has its policy.
    {
      effect: "Deny",
      actions: [
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:PartiQLDelete",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
      resources: [ledger],
    },
    ...(breakGlassRole === undefined
      ? []
      : [{ effect: "Deny", actions: ["iam:*", "sts:AssumeRole"], resources: [breakGlassRole] }]),
  ];
}
