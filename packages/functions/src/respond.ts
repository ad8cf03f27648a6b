import { isPromptOpsError, type PromptOpsError } from "@promptops/core";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

type Response = APIGatewayProxyStructuredResultV2;

/** The statuses of errors that are not the ledger's trouble (503) or a mistake in how this is set up (500). */
const STATUS: Readonly<Record<string, number>> = {
  "malformed-request": 400,
  "wrong-method": 405,
  "provider-failed": 502,
  "provider-refused": 502,
  "provider-rejected": 502,
  "provider-timeout": 502,
  "unexpected-answer": 502,
};

/** What callers are told of errors that are not theirs, whose own words name tables, roles and models. */
const WORDS: Readonly<Record<number, string>> = {
  500: "this service is not set up as it must be",
  502: "the model gave no answer that can be used",
  503: "the prompt cannot be read at the moment",
};

const HEADERS: Readonly<Record<number, Record<string, string>>> = {
  405: { allow: "POST" },
  503: { "retry-after": "1" },
};

export function respond(statusCode: number, body: object): Response {
  const headers = { "content-type": "application/json", ...HEADERS[statusCode] };
  return { statusCode, headers, body: JSON.stringify(body) };
}

/**
 * The answer to a request that failed. What the caller is not told goes to stderr, and so to the function's log.
 *
 * @throws what was thrown, where it is none of this software's own errors.
 */
export function respondToError(error: unknown): Response {
  if (!isPromptOpsError(error)) throw error;
  const { code, message } = error;
  const statusCode = statusOf(error);
  const words = WORDS[statusCode];
  if (words !== undefined) console.error(error);
  return respond(statusCode, { error: words ?? message, code });
}

function statusOf({ code, blame }: PromptOpsError): number {
  return STATUS[code] ?? (blame === "service" ? 503 : 500);
}
