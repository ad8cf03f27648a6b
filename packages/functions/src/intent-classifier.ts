import { loadPrompt, observe } from "@promptops/core";
import type { APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { classify } from "./classify.ts";
import { type HttpEvent, readRequest } from "./request.ts";
import { respond, respondToError } from "./respond.ts";

const PROMPT = "customer-support.intent-classifier";

/**
 * Classifies a customer's message with the prompt that is live: `{"message": "…"}`, and a `session_id` where one
 * session should get the same version of a weighted pin throughout. For an HTTP API or a function URL.
 *
 * Answers 200 with `intent`, `prompt_id` and `prompt_version`, else with `error` and `code`: 400 and 405 for a request
 * that is not as it must be, 503 while the ledger cannot be read, 502 when the model fails or answers with none of the
 * prompt's labels, 500 for a mistake in how this is set up (a prompt that is not there, missing credentials).
 *
 * Any other error is thrown, a fault in this code: the invocation then counts as failed in Lambda's `Errors` metric,
 * which alarms watch, its stack trace goes to the log alone, and API Gateway answers 500, a function URL 502, with
 * words of its own.
 */
export async function handler(
  event: HttpEvent,
  { awsRequestId }: Pick<Context, "awsRequestId">,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const { message, sessionId } = readRequest(event);
    const prompt = await loadPrompt(PROMPT, {
      ...(sessionId !== undefined && { key: sessionId }),
      expects: { variables: [] },
    });
    const call = { session_id: sessionId, request_id: awsRequestId };
    const intent = await observe(prompt, call, (told) => classify(prompt, message, told));
    return respond(200, { intent, prompt_id: prompt.id, prompt_version: prompt.version });
  } catch (error) {
    return respondToError(error);
  }
}
