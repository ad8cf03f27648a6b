import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeRecovery } from "./recovery.ts";

const judged = (PointInTimeRecoveryDescription: object, outputs = GOOD_OUTPUTS) =>
  judgeRecovery({ ContinuousBackupsStatus: "ENABLED", PointInTimeRecoveryDescription }, outputs);

describe("point-in-time recovery", () => {
  it("is fine when it goes back 35 days, said or not", () => {
    const on = { PointInTimeRecoveryStatus: "ENABLED" };
    expect(judged(on)).toMatchObject({ state: "fine" });
    expect(judged({ ...on, RecoveryPeriodInDays: 35 })).toMatchObject({ state: "fine" });
    expect(judged({ ...on, EarliestRestorableDateTime: new Date("2026-10-20T00:00:00Z") }).says).toContain(
      "now back to 2026-10-20T00:00:00.000Z",
    );
  });

  it("is wrong when it is off, short, or was never heard of", () => {
    expect(judged({ PointInTimeRecoveryStatus: "DISABLED" })).toMatchObject({ state: "wrong" });
    expect(judged({ PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: 34 })).toMatchObject({
      state: "wrong",
    });
    expect(judgeRecovery(undefined, GOOD_OUTPUTS)).toMatchObject({ state: "wrong" });
  });

  it("is mended by who may", () => {
    const off = { PointInTimeRecoveryStatus: "DISABLED" };
    expect(judged(off).mend).toMatch(
      /^Deploy as break-glass: npx sst refresh --stage production && npx sst deploy --stage production/,
    );
    expect(judged(off, { ...GOOD_OUTPUTS, keepsLedger: false }).mend).toMatch(/^Deploy again: /);
  });
});
