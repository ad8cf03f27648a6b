import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeAlarms } from "./alarms.ts";

const alarm = (bent: object) => ({
  AlarmName: "promptops-production-calls-slow",
  StateValue: "OK",
  ActionsEnabled: true,
  AlarmActions: [GOOD_OUTPUTS.alarms],
  ...bent,
});

describe("alarms", () => {
  it("are fine when none rings, also for want of data", () => {
    const quiet = [alarm({}), alarm({ StateValue: "INSUFFICIENT_DATA" })];
    expect(judgeAlarms(quiet as never, GOOD_OUTPUTS)).toMatchObject([
      { state: "fine", says: "none of 2 rings" },
    ]);
  });

  it("of a stage whose name begins as this one's are not meant", () => {
    const theirs = alarm({
      AlarmName: "promptops-production-eu-calls-slow",
      StateValue: "ALARM",
      AlarmActions: ["arn:aws:sns:eu-central-1:123456789012:promptops-production-eu-alarms"],
    });
    expect(judgeAlarms([alarm({}), theirs] as never, GOOD_OUTPUTS)).toMatchObject([
      { state: "fine", says: "none of 1 rings" },
    ]);
    expect(judgeAlarms([theirs] as never, GOOD_OUTPUTS)).toMatchObject([{ state: "wrong" }]);
  });

  it("are each told that ring, or that tell nobody", () => {
    const alarms = [alarm({ StateValue: "ALARM", StateReason: "over" }), alarm({ AlarmActions: [] })];
    expect(judgeAlarms(alarms as never, GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", says: "promptops-production-calls-slow rings: over" },
      { state: "wrong", says: expect.stringContaining("tells nobody") },
    ]);
  });
});
