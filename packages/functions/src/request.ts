import { UserError } from "@promptops/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** What the handler reads of the event of an HTTP API or a function URL. */
export interface HttpEvent extends Pick<APIGatewayProxyEventV2, "body"> {
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: { readonly http?: { readonly method: string } };
}

interface Classification {
  readonly message: string;
  readonly sessionId?: string;
}

const MAX_MESSAGE_LENGTH = 10_000;
const MAX_SESSION_ID_LENGTH = 200;

/**
 * What is to be classified.
 *
 * @throws UserError `wrong-method` or `malformed-request`, with what is expected.
 */
export function readRequest({ body, isBase64Encoded, requestContext }: HttpEvent): Classification {
  const method = requestContext?.http?.method ?? "POST";
  if (method !== "POST") {
    throw new UserError("wrong-method", `expected POST, not ${method}`);
  }
  const { message, session_id: sessionId } = parse(isBase64Encoded && body ? decode(body) : body);
  if (typeof message !== "string" || message.trim() === "") {
    throw malformed(`message is ${message === undefined ? "missing" : "no text, or empty"}`);
  }
  if (message.length > MAX_MESSAGE_LENGTH) {
    throw malformed(`message has ${message.length} characters, which is over ${MAX_MESSAGE_LENGTH}`);
  }
  if (sessionId === undefined) return { message };
  if (typeof sessionId !== "string" || sessionId === "" || sessionId.length > MAX_SESSION_ID_LENGTH) {
    throw malformed(`session_id is not a text of 1 to ${MAX_SESSION_ID_LENGTH} characters`);
  }
  return { message, sessionId };
}

function decode(body: string): string {
  return Buffer.from(body, "base64").toString("utf8");
}

function parse(body: string | undefined): { readonly [field: string]: unknown } {
  if (!body) throw malformed("the body is missing");
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw malformed("the body is not JSON");
  }
  if (typeof value !== "object" || value === null) throw malformed("the body is not a JSON object");
  return { ...value };
}

function malformed(problem: string): UserError {
  return new UserError(
    "malformed-request",
    `${problem}: expected {"message": "…"}, at most ${MAX_MESSAGE_LENGTH} characters, and a session_id if there is one`,
  );
}
