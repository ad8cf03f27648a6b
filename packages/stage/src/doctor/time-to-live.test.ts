import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeTimeToLive } from "./time-to-live.ts";

describe("a time to live", () => {
  it("is fine when it is off", () => {
    expect(judgeTimeToLive({ TimeToLiveStatus: "DISABLED" }, GOOD_OUTPUTS)).toMatchObject({ state: "fine" });
    expect(judgeTimeToLive(undefined, GOOD_OUTPUTS)).toMatchObject({ state: "fine" });
  });

  it.each(["ENABLED", "ENABLING", "DISABLING"] as const)(
    "is wrong when it is %s, and says how to end it",
    (status) => {
      expect(judgeTimeToLive({ TimeToLiveStatus: status, AttributeName: "at" }, GOOD_OUTPUTS)).toMatchObject({
        state: "wrong",
        says: expect.stringContaining(status),
        mend: expect.stringContaining("--table-name promptops-production-ledger"),
      });
    },
  );
});
