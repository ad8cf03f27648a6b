import { describe, expect, it } from "vitest";
import { isPassing, toStreamError } from "./errors.ts";

const named = (name: string, more: object = {}) => Object.assign(new Error("it failed"), { name }, more);

describe("failures of a stream", () => {
  it.each([
    named("ServiceUnavailableException"),
    named("ThrottlingException", { $metadata: { httpStatusCode: 400 } }),
    named("LimitExceededException", { $metadata: { httpStatusCode: 400 } }),
    named("TimeoutError"),
    named("Error", { code: "ECONNRESET" }),
    named("Error", { code: "ENOTFOUND" }),
    named("SomethingElse", { $metadata: { httpStatusCode: 502 } }),
  ])("pass: %s", (error) => {
    expect(isPassing(error)).toBe(true);
  });

  it.each<[Error, string]>([
    [named("ResourceNotFoundException"), "no-stream"],
    [named("AccessDeniedException"), "access-denied"],
    [named("ExpiredTokenException"), "access-denied"],
    [named("CredentialsProviderError"), "access-denied"],
    [named("InvalidArgumentException"), "stream-failed"],
    [named("ValidationException"), "stream-failed"],
  ])("stay, and have a code: %s", (error, code) => {
    expect(isPassing(error)).toBe(false);
    expect(toStreamError(error, "events")).toMatchObject({
      code,
      blame: "service",
      cause: error,
      message: expect.stringContaining('"events"'),
    });
  });
});
