import { isPromptOpsError, loadPrompt, logPromptEvent } from "@promptops/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { answerByKeywords } from "./keyword-model.ts";

const PROMPT = "customer-support.intent-classifier";
const MAX_MESSAGE_LENGTH = 10_000;

/**
 * Classifies a customer's message, sent as `{"message": "…"}`, with the prompt that is live. Answers 200 with
 * `intent`, `prompt_id` and `prompt_version`; 400 when the request is not as it must be; 503 when no prompt can be read.
 */
export async function handler(
  event: Pick<APIGatewayProxyEventV2, "body">,
): Promise<APIGatewayProxyStructuredResultV2> {
  const message = messageIn(event.body);
  if (message === undefined) {
    return respond(400, {
      error: `expected a JSON body {"message": "…"} of at most ${MAX_MESSAGE_LENGTH} characters`,
    });
  }
  try {
    const prompt = await loadPrompt(PROMPT);
    const started = performance.now();
    logPromptEvent("prompt_invoked", prompt);
    const intent = answerByKeywords(prompt.render().text ?? "", message);
    logPromptEvent("prompt_completed", prompt, {
      latency_ms: Math.round(performance.now() - started),
      label: intent,
    });
    return respond(200, { intent, prompt_id: prompt.id, prompt_version: prompt.version });
  } catch (error) {
    if (!isPromptOpsError(error)) throw error;
    return respond(503, { error: error.message, code: error.code });
  }
}

function messageIn(body: string | undefined): string | undefined {
  try {
    const { message } = JSON.parse(body ?? "") as { message?: unknown };
    return typeof message === "string" && message.length <= MAX_MESSAGE_LENGTH ? message : undefined;
  } catch {
    return undefined;
  }
}

function respond(statusCode: number, body: object): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
