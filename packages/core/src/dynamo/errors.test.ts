import { describe, expect, it } from "vitest";
import { UserError } from "../domain/errors.ts";
import { eventKey } from "../ledger/item.ts";
import { ConflictError } from "../ledger/ledger.ts";
import { isDuplicate, toLedgerError } from "./errors.ts";

const ITEMS = [1, 2, 3].map((seq) => ({ ...eventKey("a.b", seq), note: "n" }));
const KEYS = ITEMS.map(({ pk, sk }) => ({ pk, sk }));
const NONE = { Code: "None" };

function sdkError(fields: object): Error {
  return Object.assign(new Error("what AWS says"), fields);
}

function cancelled(...CancellationReasons: readonly object[]): Error {
  return sdkError({ name: "TransactionCanceledException", CancellationReasons });
}

describe("toLedgerError", () => {
  it.each([
    ["one statement", sdkError({ name: "DuplicateItemException" }), KEYS],
    ["one statement, DynamoDB Local", sdkError({ name: "DuplicateItem" }), KEYS],
    ["a transaction", cancelled(NONE, { Code: "DuplicateItem" }, NONE), KEYS.slice(1, 2)],
    [
      "a transaction, DynamoDB Local",
      cancelled(NONE, NONE, { Code: "ValidationError", Message: "Duplicate primary key exists in table" }),
      KEYS.slice(2),
    ],
  ])("knows which keys exist: %s", (_, error, keys) => {
    expect(isDuplicate(error)).toBe(true);
    const conflict = toLedgerError(error, ITEMS, "prompts");
    expect(conflict).toBeInstanceOf(ConflictError);
    expect(conflict).toMatchObject({ keys, cause: error });
  });

  it.each([
    ["a statement", sdkError({ name: "TransactionConflictException" })],
    ["a retry of our own", sdkError({ name: "TransactionInProgressException" })],
    ["a transaction", cancelled(NONE, { Code: "TransactionConflict" }, NONE)],
  ])("knows a conflict with a write under way: %s", (_, error) => {
    expect(isDuplicate(error)).toBe(false);
    expect(toLedgerError(error, ITEMS, "prompts")).toMatchObject({ code: "conflict", keys: [] });
  });

  it.each<[string, Error, string, "user" | "service"]>([
    [
      "a large item",
      sdkError({ name: "ValidationException", message: "Item size has exceeded the maximum allowed size" }),
      "item-too-large",
      "user",
    ],
    [
      "a large item in a transaction",
      cancelled(NONE, {
        Code: "ValidationError",
        Message: "Item size has exceeded the maximum allowed size",
      }),
      "item-too-large",
      "user",
    ],
    ["a missing table", sdkError({ name: "ResourceNotFoundException" }), "no-table", "service"],
    ["no permission", sdkError({ name: "AccessDeniedException" }), "access-denied", "service"],
    ["no credentials", sdkError({ name: "CredentialsProviderError" }), "access-denied", "service"],
    ["old credentials", sdkError({ name: "ExpiredTokenException" }), "access-denied", "service"],
    ["throttling", sdkError({ name: "ThrottlingException" }), "throttled", "service"],
    ["throughput", sdkError({ name: "ProvisionedThroughputExceededException" }), "throttled", "service"],
    ["throttling in a transaction", cancelled({ Code: "ThrottlingError" }, NONE), "throttled", "service"],
    ["nobody there", sdkError({ code: "ECONNREFUSED" }), "unreachable", "service"],
    ["nobody of that name", sdkError({ code: "ENOTFOUND" }), "unreachable", "service"],
    ["no answer", sdkError({ name: "TimeoutError" }), "unreachable", "service"],
    [
      "a failing service",
      sdkError({ name: "InternalServerError", $metadata: { httpStatusCode: 500 } }),
      "unreachable",
      "service",
    ],
    ["anything else", sdkError({ name: "ValidationException" }), "ledger-failed", "service"],
  ])("says what happened: %s", (_, error, code, blame) => {
    const told = toLedgerError(error, ITEMS, "prompts");
    expect(told).toMatchObject({ code, blame, cause: error, facts: { table: "prompts" } });
    expect(told.message).not.toBe("");
  });

  it("leaves errors of this software as they are", () => {
    const error = new UserError("item-too-large", "m");
    expect(toLedgerError(error, [], "prompts")).toBe(error);
  });

  it("takes anything that was thrown", () => {
    expect(toLedgerError("text", [], "prompts")).toMatchObject({ code: "ledger-failed" });
  });
});
