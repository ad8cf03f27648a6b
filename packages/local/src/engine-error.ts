const MARK = Symbol.for("promptops.error");

/**
 * The embedded engine cannot be started, reached or stopped. `code` is one of `no-engine` (nothing installed that can
 * start here), `engine-start` (it died or stayed silent while starting), `engine-stop` (it survives SIGKILL) and
 * `engine-lock` (the lock of its folder cannot be had). It has the shape and the mark of the errors of
 * `@promptops/core`, which this package does not import.
 */
export class EngineError extends Error {
  readonly [MARK] = true;
  readonly blame = "service";
  readonly code: string;
  readonly hint: string;
  readonly facts: Readonly<Record<string, unknown>> = {};

  constructor(code: string, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "EngineError";
    this.code = code;
    this.hint = hint;
  }
}
