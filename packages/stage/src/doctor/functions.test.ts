import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeFunction } from "./functions.ts";

const GOOD = {
  State: "Active",
  LastUpdateStatus: "Successful",
  Runtime: "nodejs24.x",
  Environment: { Variables: { PROMPTOPS_TABLE: GOOD_OUTPUTS.table, PROMPTOPS_MODEL_CALLS: "live" } },
  Layers: [{ Arn: "arn:aws:lambda:eu-central-1:1:layer:insights:3" }, { Arn: GOOD_OUTPUTS.layer }],
} as const;
const judged = (bent: object = {}) => judgeFunction("f", { ...GOOD, ...bent } as never, GOOD_OUTPUTS);

describe("a function", () => {
  it("is fine with layers besides", () => {
    expect(judged()).toMatchObject([{ state: "fine" }]);
  });

  it.each([
    [{ State: "Inactive" }, "is Inactive, not Active", "Call it"],
    [{ State: "Failed", StateReason: "no role" }, "is Failed, not Active: no role", "sst deploy"],
    [{ LastUpdateStatus: "InProgress" }, "was not updated (InProgress)", "in a minute"],
    [{ Environment: undefined }, "reads no table", "being restored"],
    [{ Layers: undefined }, "has the layers none", "sst deploy"],
    [
      { Layers: [{ Arn: GOOD_OUTPUTS.layer.replace(":7", ":70") }] },
      "production-layer:70, not",
      "sst deploy",
    ],
  ])("is wrong with %o", (bent, says, mend) => {
    expect(judged(bent)).toMatchObject([
      { state: "wrong", says: expect.stringContaining(says), mend: expect.stringContaining(mend) },
    ]);
  });

  it("needs no layer where it calls no models, but none of another version", () => {
    const Environment = { Variables: { PROMPTOPS_TABLE: GOOD_OUTPUTS.table } };
    expect(judged({ Environment, Layers: undefined })).toMatchObject([{ state: "fine" }]);
    const Layers = [{ Arn: GOOD_OUTPUTS.layer.replace(":7", ":6") }];
    expect(judged({ Environment, Layers })).toMatchObject([{ state: "wrong" }]);
  });

  it("is not known where its environment is kept from the caller", () => {
    const hidden = { Error: { ErrorCode: "AccessDeniedException", Message: "no kms:Decrypt" } };
    expect(judged({ Environment: hidden })).toMatchObject([
      { state: "unknown", mend: expect.stringContaining("kms:Decrypt") },
    ]);
  });
});
