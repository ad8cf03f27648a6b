/// <reference path="../.sst/platform/config.d.ts" />
import { nameOf, type Stage } from "./stage.ts";

type Statements = NonNullable<aws.iam.GetPolicyDocumentOutputArgs["statements"]>;

interface ServiceRole {
  /** What it is called besides the stage. */
  readonly thing: string;
  /** Who takes it: `firehose`, of `firehose.amazonaws.com`. */
  readonly service: string;
  readonly may: Statements;
}

/** Services that do not say, when they take a role, for which account they work. */
const SAY_NOTHING = ["firehose"];

/** A role that a service of AWS takes to work for this account, and for no other one. */
export function createServiceRole(stage: Stage, name: string, { thing, service, may }: ServiceRole) {
  const ofAccount = {
    test: "StringEquals",
    variable: "aws:SourceAccount",
    values: [aws.getCallerIdentityOutput().accountId],
  };
  const trust = {
    actions: ["sts:AssumeRole"],
    principals: [{ type: "Service", identifiers: [`${service}.amazonaws.com`] }],
    ...(!SAY_NOTHING.includes(service) && { conditions: [ofAccount] }),
  };
  return new aws.iam.Role(name, {
    name: nameOf(stage, thing),
    assumeRolePolicy: aws.iam.getPolicyDocumentOutput({ statements: [trust] }).json,
    inlinePolicies: [{ name: thing, policy: aws.iam.getPolicyDocumentOutput({ statements: may }).json }],
  });
}
