import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeAlarms } from "./alarms.ts";

const OTHERS = "arn:aws:sns:eu-central-1:123456789012:promptops-ada-b-alarms";
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

  it("of a personal stage whose name begins as this one's are not meant, whatever they tell", () => {
    const ada = { ...GOOD_OUTPUTS, stage: "ada", keepsLedger: false };
    const own = alarm({ AlarmName: "promptops-ada-calls-slow" });
    const theirs = (bent: object) =>
      alarm({ AlarmName: "promptops-ada-b-calls-slow", StateValue: "ALARM", AlarmActions: [], ...bent });
    const all = [own, theirs({}), theirs({ AlarmActions: [OTHERS], OKActions: [OTHERS] })];
    expect(judgeAlarms(all as never, ada)).toMatchObject([{ state: "fine", says: "none of 1 rings" }]);
    expect(judgeAlarms(all.slice(1) as never, ada)).toMatchObject([
      { state: "wrong", says: "there are no alarms promptops-ada-…" },
    ]);
  });

  it("of a personal stage are its own by the topic that they tell of either state", () => {
    const ada = { ...GOOD_OUTPUTS, stage: "ada", keepsLedger: false };
    const own = alarm({
      AlarmName: "promptops-ada-calls-slow",
      AlarmActions: [OTHERS],
      OKActions: [GOOD_OUTPUTS.alarms],
    });
    expect(judgeAlarms([own] as never, ada)).toMatchObject([
      { state: "wrong", says: "promptops-ada-calls-slow tells others, not the topic of alarms" },
    ]);
  });

  it("that were pointed at others are told, and that they ring", () => {
    const pointed = alarm({ AlarmActions: [OTHERS], StateValue: "ALARM", StateReason: "over" });
    expect(judgeAlarms([alarm({}), pointed] as never, GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", says: "promptops-production-calls-slow rings: over" },
      { state: "wrong", says: "promptops-production-calls-slow tells others, not the topic of alarms" },
    ]);
  });

  it("are each told that ring, or that tell nobody", () => {
    const alarms = [alarm({ StateValue: "ALARM", StateReason: "over" }), alarm({ AlarmActions: [] })];
    expect(judgeAlarms(alarms as never, GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", says: "promptops-production-calls-slow rings: over" },
      { state: "wrong", says: expect.stringContaining("tells nobody") },
    ]);
  });
});
