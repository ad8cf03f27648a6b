import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeLayer } from "./layer.ts";

const judged = (...versions: readonly number[]) =>
  judgeLayer(
    versions.map((Version) => ({ Version })),
    GOOD_OUTPUTS,
  );

describe("the layer", () => {
  it("is fine when the deployed version is the newest", () => {
    expect(judged(7, 6, 5)).toMatchObject({ state: "fine", facts: { deployed: 7, newest: 7 } });
  });

  it.each([
    [[10, 9, 7], 10, "is newer than the deployed one, 7"],
    [[6, 5], 6, "was deleted"],
    [[], 0, "was deleted"],
  ])("is wrong with the versions %o", (versions, newest, says) => {
    expect(judged(...versions)).toMatchObject({
      state: "wrong",
      says: expect.stringContaining(says),
      facts: { newest },
    });
  });
});
