import { describe, expect, it } from "vitest";
import { faultsOfStatement } from "./statement.ts";

describe("faultsOfStatement", () => {
  const table = "arn:aws:dynamodb:eu-west-1:123456789012:table/ledger";
  it.each([
    [{ Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: [table, `${table}/index/*`] }, []],
    [{ Action: "dynamodb:*", Resource: table }, []],
    [{ Action: "dynamodb:GetItems", Resource: table }, ["dynamodb:GetItems: there is no such action"]],
    [{ Action: "dynamo:GetItem", Resource: "*" }, ["dynamo:GetItem: there is no such service"]],
    [
      { Action: "dynamodb:GetItem", Resource: "arn:aws:s3:::ledger" },
      ["dynamodb:GetItem: is never on arn:aws:s3:::ledger", "arn:aws:s3:::ledger: no action is on it"],
    ],
    [
      { Action: ["s3:ListBucket", "s3:GetObject"], Resource: "arn:aws:s3:::ledger" },
      ["s3:GetObject: is never on arn:aws:s3:::ledger"],
    ],
    [
      { Action: "dynamodb:ListStreams", Resource: table },
      [`dynamodb:ListStreams: is never on ${table}`, `${table}: no action is on it`],
    ],
    [
      { Action: "s3:GetObject", Resource: "*", Condition: { Bool: { "aws:SecureTransports": "false" } } },
      ["aws:SecureTransports: there is no such condition key"],
    ],
  ])("says of %j what is wrong", async (statement, faults) => {
    expect(await faultsOfStatement({ Effect: "Allow", ...statement })).toEqual(faults);
  });
});
