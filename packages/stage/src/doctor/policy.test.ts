import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { ledgerPolicy } from "../ledger-policy.ts";
import { judgePolicy } from "./policy.ts";

const TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/promptops-production-ledger";
const BREAK_GLASS = GOOD_OUTPUTS.breakGlassRole;
const REPLICATION =
  "arn:aws:iam::123456789012:role/aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication";
const policyOf = (keepsLedger: boolean, breakGlassRole?: string) =>
  ledgerPolicy(TABLE, { keepsLedger, ...(breakGlassRole !== undefined && { breakGlassRole }) });
const { breakGlassRole: _, ...personal } = { ...GOOD_OUTPUTS, keepsLedger: false };

describe("the policy that is deployed", () => {
  it("is fine, on every kind of stage", () => {
    expect(judgePolicy(policyOf(true, BREAK_GLASS), GOOD_OUTPUTS)).toMatchObject([
      { state: "fine", says: `denies everybody but ${BREAK_GLASS} 12 actions` },
    ]);
    expect(judgePolicy(policyOf(false), personal)).toMatchObject([
      { state: "fine", says: "denies everybody 6 actions" },
    ]);
  });

  it("is not enough where the stage keeps its ledger, and the policy is that of a personal one", () => {
    expect(judgePolicy(policyOf(false, BREAK_GLASS), GOOD_OUTPUTS)).toMatchObject([
      {
        state: "wrong",
        facts: { actions: expect.arrayContaining(["dynamodb:DeleteTable", "dynamodb:UpdateTimeToLive"]) },
      },
    ]);
  });

  it("is not enough on another table", () => {
    expect(
      judgePolicy(policyOf(true, BREAK_GLASS).replaceAll("-ledger", "-other"), GOOD_OUTPUTS),
    ).toMatchObject([{ state: "wrong", facts: { actions: { length: 12 } } }]);
  });
});

describe("a role that is spared", () => {
  it("is named with what it may", () => {
    const policy = policyOf(true, "arn:aws:iam::123456789012:role/intern");
    expect(judgePolicy(policy, GOOD_OUTPUTS)).toMatchObject([
      {
        state: "wrong",
        says: expect.stringMatching(/spares .*role\/intern: it may dynamodb:BatchWriteItem, /),
      },
      { state: "wrong", says: expect.stringContaining(`binds ${BREAK_GLASS} too`) },
    ]);
  });

  it("may be AWS's own that replicates", () => {
    const policy = policyOf(true, BREAK_GLASS).replaceAll(
      JSON.stringify(BREAK_GLASS),
      JSON.stringify([BREAK_GLASS, REPLICATION]),
    );
    expect(judgePolicy(policy, GOOD_OUTPUTS)).toMatchObject([
      { state: "fine", says: expect.stringContaining(REPLICATION) },
    ]);
  });

  it.each([
    "arn:aws:iam::999999999999:role/aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication",
    "arn:aws:iam::123456789012:role/mine/AWSServiceRoleForDynamoDBReplication",
    "arn:aws:iam::123456789012:user/AWSServiceRoleForDynamoDBReplication",
    "arn:aws:iam::123456789012:role/aws-service-role/replicationXdynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication",
    "*/AWSServiceRoleForDynamoDBReplication",
  ])("may not be one that is called as AWS's own: %s", (role) => {
    const policy = policyOf(true, BREAK_GLASS).replaceAll(
      JSON.stringify(BREAK_GLASS),
      JSON.stringify([BREAK_GLASS, role]),
    );
    expect(judgePolicy(policy, GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", facts: { role, actions: { length: 12 } } },
    ]);
  });

  it("is expected where there is a break-glass role", () => {
    expect(judgePolicy(policyOf(true), GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", says: expect.stringContaining("nobody can mend the ledger") },
    ]);
  });
});
