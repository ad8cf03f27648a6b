/// <reference path="../.sst/platform/config.d.ts" />
import { outputsParameter } from "@promptops/stage/outputs";
import { nameOf, type Stage } from "./stage.ts";

/** What the program's resources are made of, and what of it is the stage's own. IAM is apart. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ["table/NAME"],
  events: ["rule/NAME"],
  firehose: ["deliverystream/NAME"],
  lambda: ["function:NAME", "layer:NAME", "layer:NAME:*"],
  pipes: ["pipe/NAME"],
  sns: ["NAME"],
  states: ["stateMachine:NAME"],
};

/** Services whose resources are not named after the stage alone, and which hold nothing of others that could be lost for good. */
const SERVICES = ["athena", "cloudwatch", "glue", "logs"];

/**
 * What `sst deploy` may do: make and change this program's resources. Items of the ledger are none of its business, and
 * of IAM it has what is named after the stage.
 */
export function deployPermissions(stage: Stage, ledger: $util.Output<string>) {
  const { breakGlassRole } = stage;
  const named = (kind: string) => `arn:aws:iam::*:${kind}/${nameOf(stage, "*")}`;
  return [
    ...Object.entries(RESOURCES).map(([service, resources]) => ({
      actions: [`${service}:*`],
      resources: resources.map(
        (resource) => `arn:aws:${service}:*:*:${resource.replace("NAME", nameOf(stage, "*"))}`,
      ),
    })),
    { actions: SERVICES.map((service) => `${service}:*`), resources: ["*"] },
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
    { actions: ["ssm:DescribeParameters"], resources: ["*"] },
    { actions: ["sts:GetCallerIdentity"], resources: ["*"] },
    { actions: ["iam:*"], resources: [named("role"), named("policy")] },
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
