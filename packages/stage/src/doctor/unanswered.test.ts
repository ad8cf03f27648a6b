import { describe, expect, it } from "vitest";
import { Unanswered } from "./ask.ts";
import { judgeUnanswered } from "./unanswered.ts";

const ACTION = "dynamodb:DescribeTable";
const judged = (error: object) =>
  judgeUnanswered("table", new Unanswered(ACTION, Object.assign(new Error("why"), error)));

describe("a check that is not answered", () => {
  it.each([
    [{ name: "AccessDeniedException" }, `the caller may not look: ${ACTION} is denied`],
    [{ name: "AuthorizationErrorException" }, `the caller may not look: ${ACTION} is denied`],
    [{ name: "Unknown", $metadata: { httpStatusCode: 403 } }, `something other than AWS answers ${ACTION}`],
    [
      { name: "ExpiredTokenException", $metadata: { httpStatusCode: 403 } },
      "does not take the caller's credentials: why",
    ],
    [{ name: "CredentialsProviderError" }, "does not take the caller's credentials: why"],
    [{ name: "SignatureDoesNotMatch", message: "Signature expired: …" }, "by this machine's clock"],
    [
      { name: "SignatureDoesNotMatch", $metadata: { httpStatusCode: 403 } },
      "does not take the caller's credentials",
    ],
    [{ name: "ThrottlingException" }, "is not answered now: ThrottlingException: why"],
    [{ name: "InternalServerError", $metadata: { httpStatusCode: 500 } }, "is not answered now"],
    [{ name: "Unknown", $metadata: { httpStatusCode: 503 } }, "is not answered now"],
    [{ name: "AbortError" }, `${ACTION} got no answer in time`],
    [{ name: "TimeoutError" }, `${ACTION} got no answer in time`],
    [{ code: "ECONNREFUSED" }, `${ACTION} reaches nobody: why`],
    [{ code: "ENOTFOUND" }, `${ACTION} reaches nobody`],
    [{ name: "ValidationException" }, `${ACTION} answers ValidationException: why`],
  ])("is unknown: %o", (error, says) => {
    expect(judged(error)).toMatchObject({
      check: "table",
      state: "unknown",
      says: expect.stringContaining(says),
      mend: expect.stringMatching(/./),
      facts: { action: ACTION },
    });
  });

  it("is unknown whatever is thrown", () => {
    expect(judgeUnanswered("table", new Error("a fault of ours"))).toMatchObject({
      state: "unknown",
      says: "AWS answers Error: a fault of ours",
    });
  });
});
