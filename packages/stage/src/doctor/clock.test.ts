import { describe, expect, it } from "vitest";
import { judgeClock } from "./clock.ts";

const OURS = new Date("2026-11-23T03:00:00Z");
const apart = (seconds: number) => ({ ours: OURS, theirs: new Date(OURS.getTime() - seconds * 1000) });

describe("the clock", () => {
  it.each([0, 1, -60, 60])("is fine %i seconds ahead of AWS's", (seconds) => {
    expect(judgeClock(apart(seconds))).toMatchObject({ state: "fine", facts: { secondsAhead: seconds } });
  });

  it.each([
    [61, "61 seconds ahead of AWS's"],
    [-600, "600 seconds behind AWS's"],
  ])("is wrong %i seconds ahead", (seconds, says) => {
    const finding = judgeClock(apart(seconds));
    expect(finding).toMatchObject({ state: "wrong", says: expect.stringContaining(says) });
    expect(finding.says).toContain("From 5 minutes, AWS refuses");
  });

  it.each([
    ["SignatureDoesNotMatch", "Signature expired: 20261123T030000Z is now earlier than 20261123T033500Z"],
    ["InvalidSignatureException", "Signature not yet current: 20261123T030000Z is still later than …"],
    ["RequestTimeTooSkewed", "The difference between the request time and the current time is too large."],
  ])("is what is wrong where AWS refuses with %s", (name, message) => {
    expect(judgeClock({ ...apart(-2_400), refusal: { name, message } })).toMatchObject({
      state: "wrong",
      says: `this machine's clock is 2400 seconds behind AWS's, and AWS refuses what it signs: ${message}`,
    });
    expect(judgeClock({ ours: OURS, theirs: undefined, refusal: { name, message } })).toMatchObject({
      state: "wrong",
    });
  });

  it("is heard in any other refusal too", () => {
    const refusal = { name: "SignatureDoesNotMatch", message: "Check your AWS Secret Access Key" };
    expect(judgeClock({ ...apart(2), refusal })).toMatchObject({ state: "fine" });
  });

  it("is unknown where nothing was heard", () => {
    expect(judgeClock({ ours: OURS, theirs: undefined })).toMatchObject({ state: "unknown" });
  });
});
