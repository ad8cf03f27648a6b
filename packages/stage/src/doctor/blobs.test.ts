import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeBlobs } from "./blobs.ts";

const bucket = "promptops-production-blobsbucket-bdvfbzta";
const policyOf = (...actions: readonly string[]) =>
  JSON.stringify({
    Statement: actions.map((Action) => ({
      Effect: "Deny",
      Principal: "*",
      Action,
      Resource: `arn:aws:s3:::${bucket}/*`,
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": GOOD_OUTPUTS.breakGlassRole },
        ...(Action === "s3:PutObject" && { Null: { "s3:if-none-match": "true" } }),
      },
    })),
  });
const judged = (policy: string | undefined, versioning: string | undefined = "Enabled") =>
  judgeBlobs({ bucket, versioning, policy }, GOOD_OUTPUTS);

describe("the bucket of large prompts", () => {
  it("is fine when nothing in it goes or changes", () => {
    expect(judged(policyOf("s3:DeleteObject*", "s3:PutObject"))).toMatchObject([{ state: "fine" }]);
  });

  it.each([
    [["s3:DeleteObject", "s3:PutObject"], ["s3:DeleteObjectVersion"]],
    [["s3:Delete*"], ["s3:PutObject over an object"]],
    [["s3:PutObject"], ["s3:DeleteObject", "s3:DeleteObjectVersion"]],
  ])("is wrong when its policy denies only %s", (actions, open) => {
    expect(judged(policyOf(...actions))).toMatchObject([{ state: "wrong", facts: { actions: open } }]);
  });

  it("is wrong when its policy spares somebody", () => {
    const policy = policyOf("s3:Delete*", "s3:PutObject").replaceAll("break-glass", "intern");
    expect(judged(policy)).toMatchObject([{ state: "wrong", says: expect.stringContaining("role/intern") }]);
  });

  it.each(["off", "Suspended"])("is wrong when it keeps no versions: %s", (versioning) => {
    expect(judged(policyOf("s3:Delete*", "s3:PutObject"), versioning)).toMatchObject([
      { state: "wrong", facts: { versioning } },
    ]);
  });

  it("is wrong when it is not there, and nothing more", () => {
    expect(judgeBlobs({ bucket, versioning: undefined, policy: undefined }, GOOD_OUTPUTS)).toMatchObject([
      { says: expect.stringContaining("there is no bucket") },
    ]);
  });
});
