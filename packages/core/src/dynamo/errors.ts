import { failureOf, type SdkError } from "../aws/sdk-error.ts";
import { isPromptOpsError, type PromptOpsError, ServiceError } from "../domain/errors.ts";
import { itemTooLarge } from "../ledger/item-size.ts";
import { ConflictError, type Item, type Key } from "../ledger/ledger.ts";

interface Reason {
  readonly Code?: string;
  readonly Message?: string;
}

interface DynamoError extends SdkError {
  readonly CancellationReasons?: readonly Reason[];
}

/** Whether an insert failed because a key existed. DynamoDB Local has names of its own for it. */
export function isDuplicate(error: unknown): boolean {
  const { name, CancellationReasons = [] } = error as DynamoError;
  return (
    name === "DuplicateItemException" ||
    name === "DuplicateItem" ||
    CancellationReasons.some(isDuplicateReason)
  );
}

function isDuplicateReason({ Code, Message = "" }: Reason): boolean {
  return (
    Code === "DuplicateItem" || (Code === "ValidationError" && Message.startsWith("Duplicate primary key"))
  );
}

/** Codes with which DynamoDB says that a transaction met another one under way. */
const IN_CONFLICT = new Set([
  "TransactionConflict",
  "TransactionConflictException",
  "TransactionInProgressException",
]);

/** DynamoDB's way of saying that an item is over 400 KB, in statements and in transactions. */
const TOO_LARGE = /item size .*exceeded/i;

/** An SDK error in this software's own terms; errors that are so already stay as they are. */
export function toLedgerError(error: unknown, items: readonly Item[], table: string): PromptOpsError {
  if (isPromptOpsError(error)) return error;
  const sdk = error as DynamoError;
  const reasons = sdk.CancellationReasons ?? [];
  if (isDuplicate(error)) return new ConflictError(duplicateKeys(reasons, items), error);
  if (IN_CONFLICT.has(sdk.name ?? "") || reasons.some(({ Code }) => IN_CONFLICT.has(Code ?? ""))) {
    return new ConflictError([], error);
  }
  const said = reasons.find(({ Code }) => Code !== undefined && Code !== "None");
  const message = said?.Message ?? sdk.message ?? String(error);
  const name = said?.Code ?? sdk.name ?? "Error";
  const facts = { table, awsError: name, status: sdk.$metadata?.httpStatusCode };
  if (TOO_LARGE.test(message)) return itemTooLarge(facts, error);
  if (name === "ResourceNotFoundException") {
    return new ServiceError("no-table", `there is no table "${table}"`, {
      hint: "Check PROMPTOPS_TABLE, the region and the account, or deploy the stage first.",
      facts,
      cause: error,
    });
  }
  const failure = failureOf({ ...sdk, name });
  if (failure === "access-denied") {
    return new ServiceError("access-denied", `AWS refused access to the table "${table}": ${message}`, {
      hint: "Check the credentials and the policies of this role.",
      facts,
      cause: error,
    });
  }
  if (failure === "throttled") {
    return new ServiceError("throttled", `DynamoDB throttled requests to "${table}"`, {
      hint: "Nothing is lost. Run it again in a while.",
      facts,
      cause: error,
    });
  }
  if (failure === "unreachable") {
    return new ServiceError("unreachable", `the ledger "${table}" cannot be reached: ${message}`, {
      hint: "Check the endpoint and the network, then run it again.",
      facts,
      cause: error,
    });
  }
  return new ServiceError("ledger-failed", `the ledger "${table}" answered ${name}: ${message}`, {
    facts,
    cause: error,
  });
}

/** A transaction gives a reason for each statement, in their order; a single statement gives none. */
function duplicateKeys(reasons: readonly Reason[], items: readonly Item[]): readonly Key[] {
  const keys = items.map(({ pk, sk }) => ({ pk, sk }));
  return reasons.length === 0 ? keys : keys.filter((_, at) => isDuplicateReason(reasons[at] ?? {}));
}
