import { expect, it } from "vitest";
import { describeProgram, resourcesOf } from "./describe-program.ts";
import { faultsOfStatement, type Statement } from "./rules/statement.ts";
import { STAGE_KINDS } from "./stages.ts";

/**
 * Characters, without white space.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
 */
const MOST = { inline: 10_240, trust: 2_048, managed: 6_144, ofResource: 20_000 } as const;

/** Every policy in a value, whichever resource has it: most are texts. */
function statementsIn(value: unknown): readonly Statement[] {
  if (typeof value === "string") {
    return value.startsWith('{"Version":"2012-10-17"') ? statementsIn(JSON.parse(value)) : [];
  }
  if (typeof value !== "object" || value === null) return [];
  if ("Statement" in value) return value.Statement as readonly Statement[];
  return Object.values(value).flatMap(statementsIn);
}

const lengthOf = (policy: unknown) => (typeof policy === "string" ? policy : JSON.stringify(policy)).length;

describeProgram("the policies", (on) => {
  it.each(STAGE_KINDS)("of a %s stage keep to AWS's Service Authorization Reference", async (kind) => {
    const told: string[] = [];
    let statements = 0;
    for (const { type, name, inputs } of on(kind).resources) {
      for (const statement of statementsIn(inputs)) {
        statements += 1;
        const faults = await faultsOfStatement(statement);
        told.push(...faults.map((fault) => `${type} ${name}: ${fault}`));
      }
    }
    expect(told).toEqual([]);
    expect(statements).toBeGreaterThan(20);
  });

  it.each(STAGE_KINDS)("of a %s stage are not longer than AWS takes", (kind) => {
    for (const { inputs, name } of resourcesOf(on(kind), "aws:iam/role:Role")) {
      const inline = (inputs.inlinePolicies ?? []) as readonly { readonly policy: unknown }[];
      const lengths = inline.map(({ policy }) => lengthOf(policy));
      expect(
        lengths.reduce((sum, length) => sum + length, 0),
        name,
      ).toBeLessThan(MOST.inline);
      expect(lengthOf(inputs.assumeRolePolicy), name).toBeLessThan(MOST.trust);
    }
    for (const { inputs, name } of resourcesOf(on(kind), "aws:iam/policy:Policy")) {
      expect(lengthOf(inputs.policy), name).toBeLessThan(MOST.managed);
    }
    const ofResources = ["aws:s3/bucketPolicy:BucketPolicy", "aws:dynamodb/resourcePolicy:ResourcePolicy"];
    for (const { inputs, name } of ofResources.flatMap((type) => resourcesOf(on(kind), type))) {
      expect(lengthOf(inputs.policy), name).toBeLessThan(MOST.ofResource);
    }
  });
});
