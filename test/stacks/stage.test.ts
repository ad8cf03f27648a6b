import { describe, expect, it } from "vitest";
import { nameOf, stageOf } from "../../stacks/stage.ts";

const ROLE = "arn:aws:iam::123456789012:role/ops/break-glass";
const SHARED = { PROMPTOPS_BREAK_GLASS_ROLE: ROLE, PROMPTOPS_ALARM_RECIPIENTS: "ops@example.com" };

describe("stageOf", () => {
  it("gives a person a stage that needs no settings and leaves nothing behind", () => {
    expect(stageOf("ada", {})).toEqual({
      name: "ada",
      kind: "personal",
      removal: "remove",
      protect: false,
      keepsLedger: false,
      logRetention: "1 week",
      alarmRecipients: [],
    });
  });

  it.each([
    ["staging", { removal: "retain", protect: false, keepsLedger: true, logRetention: "1 month" }],
    ["production", { removal: "retain", protect: true, keepsLedger: true, logRetention: "1 year" }],
  ])("keeps what is on %s", (name, rules) => {
    expect(stageOf(name, SHARED)).toEqual({
      name,
      kind: name,
      ...rules,
      alarmRecipients: ["ops@example.com"],
      breakGlassRole: ROLE,
    });
  });

  it("takes account, region, recipients, snapshot and repository from settings", () => {
    const settings = {
      ...SHARED,
      PROMPTOPS_ALARM_RECIPIENTS: " ops@example.com,ada@example.com ",
      PROMPTOPS_AWS_ACCOUNT: "123456789012",
      AWS_REGION: "eu-west-1",
      PROMPTOPS_SNAPSHOT: "snapshot.jsonl",
      PROMPTOPS_GITHUB_REPOSITORY: "acme/prompts",
      PROMPTOPS_GITHUB_ENVIRONMENT: "live",
      PROMPTOPS_GITHUB_PROVIDER: "arn:aws:iam::123456789012:oidc-provider/example",
    };
    expect(stageOf("production", settings)).toMatchObject({
      alarmRecipients: ["ops@example.com", "ada@example.com"],
      account: "123456789012",
      region: "eu-west-1",
      snapshot: "snapshot.jsonl",
      github: {
        repository: "acme/prompts",
        environment: "live",
        provider: "arn:aws:iam::123456789012:oidc-provider/example",
      },
    });
  });

  it("takes a repository as GitHub's tokens call it, with numbers too", () => {
    const repository = "acme@123/prompts@4567";
    expect(stageOf("ada", { PROMPTOPS_GITHUB_REPOSITORY: repository }).github).toMatchObject({ repository });
  });

  it("names the environment of workflows after the stage unless it is set", () => {
    expect(stageOf("ada", { PROMPTOPS_GITHUB_REPOSITORY: "acme/prompts" }).github).toEqual({
      repository: "acme/prompts",
      environment: "ada",
    });
  });

  it.each(["Ada", "ada_l", "1ada", "-ada", "", "a".repeat(21), "production-2", "staging-ada"])(
    "refuses to call a stage %j",
    (name) => {
      expect(() => stageOf(name, SHARED)).toThrow(expect.objectContaining({ code: "malformed-stage" }));
    },
  );

  it.each(["PROMPTOPS_BREAK_GLASS_ROLE", "PROMPTOPS_ALARM_RECIPIENTS"])(
    "has no shared stage without %s",
    (variable) => {
      for (const value of [undefined, "", "  "]) {
        expect(() => stageOf("production", { ...SHARED, [variable]: value })).toThrow(
          expect.objectContaining({ code: "missing-setting", message: expect.stringContaining(variable) }),
        );
      }
    },
  );

  it.each([
    ["PROMPTOPS_BREAK_GLASS_ROLE", "break-glass"],
    ["PROMPTOPS_BREAK_GLASS_ROLE", "arn:aws:iam::123456789012:role/*"],
    ["PROMPTOPS_BREAK_GLASS_ROLE", "arn:aws:iam::123456789012:root"],
    ["PROMPTOPS_GITHUB_REPOSITORY", "prompts"],
    ["PROMPTOPS_GITHUB_REPOSITORY", "acme/*"],
  ])("refuses %s=%s, which would let in others", (variable, value) => {
    expect(() => stageOf("production", { ...SHARED, [variable]: value })).toThrow(
      expect.objectContaining({ code: "malformed-setting", message: expect.stringContaining(value) }),
    );
  });
});

it("names things after the program and the stage", () => {
  expect(nameOf({ name: "ada" }, "ledger")).toBe("promptops-ada-ledger");
});
