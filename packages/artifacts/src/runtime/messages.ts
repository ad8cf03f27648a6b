/** An error as a runtime reports it to Lambda, and Lambda to the caller. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace: readonly string[];
}

/** What an execution environment says through the Runtime API. */
export type Message =
  | { readonly type: "next"; deliver(invocation: Delivery): void }
  | { readonly type: "init-error"; readonly error: FunctionError }
  | { readonly type: "response"; readonly payload: unknown }
  | { readonly type: "error"; readonly error: FunctionError };

/** An invocation on its way to an execution environment. */
export interface Delivery {
  readonly requestId: string;
  readonly event: unknown;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}
