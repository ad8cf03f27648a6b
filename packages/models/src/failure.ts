import { type Model, ServiceError, UserError } from "@promptops/core/domain";
import { APICallError } from "ai";
import { REFUSED } from "./error-codes.ts";
import type { Failure } from "./retry.ts";
import { retryAfter } from "./retry-after.ts";

const THROTTLED = new Set([429, 503, 529]);
const REFUSALS = new Set([401, 403, 404]);

/** Reads what the SDK threw for a call to `model`. */
export function readFailure({ provider, id }: Model, thrown: unknown, tries: number): Failure {
  if (!APICallError.isInstance(thrown)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const error = new ServiceError("provider-failed", `${provider} gave no answer: ${message}`, {
      cause: thrown,
    });
    return { retryable: false, throttled: false, error };
  }
  const { statusCode, isRetryable, responseHeaders = {} } = thrown;
  const retryAfterMs = retryAfter(responseHeaders, Date.now());
  return {
    // An answer that is no JSON, or not the documented one, was most likely cut off or replaced on the way: the SDK
    // shows it with the status 200, or with a 500 of its own.
    retryable: isRetryable || (statusCode !== undefined && (statusCode < 300 || statusCode >= 500)),
    throttled: statusCode !== undefined && THROTTLED.has(statusCode),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    error: errorFor(provider, id, thrown, tries),
  };
}

function errorFor(provider: string, model: string, thrown: APICallError, tries: number): Error {
  const { statusCode: status, message } = thrown;
  const facts = { provider, model, ...(status === undefined ? {} : { status }) };
  const details = { facts, cause: thrown };
  const said = message.trim() || "no reason given";
  if (status !== undefined && REFUSALS.has(status)) {
    return new UserError(REFUSED, `${provider} refuses calls to ${model} (HTTP ${status}): ${said}`, {
      ...details,
      hint: "Check the key or the role, what it may use, and the model's id in prompts/models.yaml.",
    });
  }
  if (status !== undefined && status >= 400 && status < 500 && !thrown.isRetryable) {
    return new UserError("provider-rejected", `${provider} rejects the call (HTTP ${status}): ${said}`, {
      ...details,
      hint: "Check the prompt's parameters and messages against what the model takes.",
    });
  }
  const often = tries === 1 ? "" : `, ${tries} times`;
  const what = status === undefined ? "cannot be reached" : `gave no usable answer (HTTP ${status}${often})`;
  return new ServiceError("provider-failed", `${provider} ${what}: ${said}`, {
    ...details,
    hint:
      status !== undefined && THROTTLED.has(status)
        ? "Call it again later, or with fewer calls at once (the concurrency of a suite)."
        : "Call it again later.",
  });
}
