const MARK = Symbol.for("promptops.error");

export interface ErrorDetails {
  /** What to do next, one or two sentences. */
  readonly hint?: string;
  /** Facts for programs: hashes, commits, sequence numbers. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The base of every error this software throws on purpose. `code` is stable and for programs, `message`
 * says what is wrong, `hint` what to do. Tell errors apart by `code` (after `isPromptOpsError`) rather than
 * by `instanceof`, which fails when two copies of the package are loaded.
 */
export abstract class PromptOpsError extends Error {
  readonly [MARK] = true;
  readonly code: string;
  readonly hint: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Whose problem it is. */
  abstract readonly blame: "user" | "service";

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.facts = details.facts ?? {};
  }
}

/** The request or the content is at fault: the same call fails again until that changes. */
export class UserError extends PromptOpsError {
  readonly blame = "user";
}

/** The ledger or another service is at fault: the same call may succeed later. */
export class ServiceError extends PromptOpsError {
  readonly blame = "service";
}

/** Whether `error` was thrown on purpose by this software, by whichever copy of the package. */
export function isPromptOpsError(error: unknown): error is PromptOpsError {
  return typeof error === "object" && error !== null && MARK in error;
}
