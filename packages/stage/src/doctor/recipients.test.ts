import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeRecipients } from "./recipients.ts";

const told = { SubscriptionArn: `${GOOD_OUTPUTS.alarms}:1`, Protocol: "email", Endpoint: "ada@example.com" };
const pending = { SubscriptionArn: "PendingConfirmation", Protocol: "email", Endpoint: "bob@example.com" };
const gone = { SubscriptionArn: "Deleted", Protocol: "email", Endpoint: "eve@example.com" };

describe("recipients of alarms", () => {
  it("are fine when each has confirmed", () => {
    expect(judgeRecipients([told], GOOD_OUTPUTS)).toMatchObject([{ state: "fine", says: "ada@example.com" }]);
  });

  it("are each told who has not, though others have", () => {
    expect(judgeRecipients([told, pending], GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", facts: { endpoint: "bob@example.com" } },
    ]);
  });

  it("are nobody when those that there were are deleted", () => {
    expect(judgeRecipients([gone], GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", says: "nobody is told of alarms" },
    ]);
    expect(judgeRecipients([gone], { ...GOOD_OUTPUTS, keepsLedger: false })).toMatchObject([
      { state: "fine" },
    ]);
  });
});
