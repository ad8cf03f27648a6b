import { describe, expect, it } from "vitest";
import { parsePolicy, sparedBy } from "./policy-document.ts";

const TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/ledger";
const ADA = "arn:aws:iam::123456789012:role/ada";
const BOB = "arn:aws:iam::123456789012:role/bob";
const PUT = "dynamodb:PutItem";

const denial = (bent: object = {}) => ({
  Effect: "Deny",
  Principal: "*",
  Action: PUT,
  Resource: TABLE,
  ...bent,
});
const unless = (operator: string, roles: string | string[]) => ({
  Condition: { [operator]: { "aws:PrincipalArn": roles } },
});
const spared = (...statements: object[]) =>
  sparedBy(parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })), PUT, TABLE);

describe("a statement that denies everybody", () => {
  it.each<[string, object]>([
    ["as it is made here", {}],
    ["to all of AWS", { Principal: { AWS: "*" } }],
    ["to all of AWS, in a list", { Principal: { AWS: ["*"] } }],
    ["among other actions", { Action: ["dynamodb:DeleteItem", PUT] }],
    ["by another case", { Action: "DynamoDB:putitem" }],
    ["by a wildcard", { Action: "dynamodb:Put*" }],
    ["by another wildcard", { Action: "dynamodb:?utItem" }],
    ["whatever it is", { Action: "*" }],
    ["on a pattern of tables", { Resource: "arn:aws:dynamodb:*:123456789012:table/*" }],
    ["on anything", { Resource: ["*"] }],
  ])("counts %s", (_, bent) => {
    expect(spared(denial(bent))).toEqual([]);
  });

  it("counts where it is the only one, not in a list", () => {
    const policy = parsePolicy(JSON.stringify({ Statement: denial() }));
    expect(sparedBy(policy, PUT, TABLE)).toEqual([]);
  });

  it.each<[string, object]>([
    ["allows", { Effect: "Allow" }],
    ["means one account", { Principal: { AWS: "123456789012" } }],
    ["means a service", { Principal: { Service: "*" } }],
    ["means all but some", { Principal: undefined, NotPrincipal: { AWS: ADA } }],
    ["means another action", { Action: "dynamodb:Put" }],
    ["means all actions but some", { Action: undefined, NotAction: "dynamodb:GetItem" }],
    ["means another table", { Resource: `${TABLE}-2` }],
    ["means its indexes alone", { Resource: `${TABLE}/*` }],
    ["means another table by case", { Resource: TABLE.replace("ledger", "Ledger") }],
    ["has a further condition", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } }],
    ["has a condition of another kind", unless("ArnEquals", ADA)],
    ["has a condition by another key", { Condition: { StringNotEquals: { "aws:username": "ada" } } }],
    [
      "has a further condition besides that of a role",
      {
        Condition: {
          ArnNotEquals: { "aws:PrincipalArn": ADA },
          IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] },
        },
      },
    ],
    [
      "is under a condition that is a number",
      { Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": 9 } } },
    ],
  ])("does not count where it %s", (_, bent) => {
    expect(spared(denial(bent))).toBeUndefined();
  });
});

describe("who is spared", () => {
  it.each(["ArnNotEquals", "ArnNotLike", "StringNotEquals"])("is who %s names", (operator) => {
    expect(spared(denial(unless(operator, ADA)))).toEqual([ADA]);
    expect(spared(denial(unless(operator, [ADA, BOB])))).toEqual([ADA, BOB]);
  });

  it("is named by the key in any case", () => {
    expect(spared(denial({ Condition: { ArnNotEquals: { "AWS:principalARN": ADA } } }))).toEqual([ADA]);
  });

  it("is everybody whom any of a statement's conditions spares", () => {
    const Condition = {
      ArnNotEquals: { "aws:PrincipalArn": ADA },
      StringNotEquals: { "aws:PrincipalArn": BOB },
    };
    expect(spared(denial({ Condition }))).toEqual([ADA, BOB]);
  });

  it("is only who is spared by each statement", () => {
    expect(spared(denial(unless("ArnNotEquals", [ADA, BOB])), denial(unless("ArnNotEquals", BOB)))).toEqual([
      BOB,
    ]);
    expect(spared(denial(unless("ArnNotEquals", ADA)), denial())).toEqual([]);
    expect(
      spared(
        denial(unless("ArnNotEquals", ADA)),
        denial({ Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ),
    ).toEqual([ADA]);
  });

  it("may be a pattern, which is never lost", () => {
    const anybody = "arn:aws:iam::123456789012:role/*";
    expect(spared(denial(unless("ArnNotLike", anybody)))).toEqual([anybody]);
    expect(spared(denial(unless("ArnNotLike", anybody)), denial(unless("ArnNotEquals", ADA)))).toEqual([
      anybody,
      ADA,
    ]);
    expect(spared(denial(unless("ArnNotLike", anybody)), denial())).toEqual([]);
  });
});

describe("a condition under which alone a denial counts", () => {
  const only = ["Null", "s3:if-none-match", "true"] as const;
  const judged = (Condition: object) =>
    sparedBy(parsePolicy(JSON.stringify({ Statement: [denial({ Condition })] })), PUT, TABLE, only);

  it("may be there, in any form", () => {
    expect(judged({ Null: { "s3:if-none-match": "true" } })).toEqual([]);
    expect(judged({ Null: { "s3:if-none-match": ["true"] } })).toEqual([]);
    expect(judged({ Null: { "s3:If-None-Match": true }, ArnNotEquals: { "aws:PrincipalArn": ADA } })).toEqual(
      [ADA],
    );
  });

  it("is not met by another", () => {
    expect(judged({ Null: { "s3:if-none-match": "false" } })).toBeUndefined();
    expect(judged({ Null: { "s3:if-match": "true" } })).toBeUndefined();
    expect(judged({ StringEquals: { "s3:if-none-match": "true" } })).toBeUndefined();
  });
});
