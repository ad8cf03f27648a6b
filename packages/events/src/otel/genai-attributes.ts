import type { EventFieldName } from "@promptops/core/events";
import type { PromptEvent } from "../schema.ts";

/**
 * Where OpenTelemetry's conventions for generative AI have what events say. They are still in development.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
 *
 * `service` has no row: `service.name` belongs to the resource, which the program gives its SDK (`OTEL_SERVICE_NAME`).
 */
const ATTRIBUTES = {
  prompt_id: "gen_ai.prompt.name",
  prompt_version: "gen_ai.prompt.version",
  prompt_model: "gen_ai.request.model",
  input_tokens: "gen_ai.usage.input_tokens",
  output_tokens: "gen_ai.usage.output_tokens",
  session_id: "gen_ai.conversation.id",
  agent_name: "gen_ai.agent.name",
  error_kind: "error.type",
  event_id: "promptops.event_id",
} as const satisfies Partial<Record<EventFieldName, string>>;

export const OPERATION_NAME = "gen_ai.operation.name";
export const REQUEST_MODEL = ATTRIBUTES.prompt_model;
const ERROR_TYPE = ATTRIBUTES.error_kind;

/** The conventions have versions as text. */
const TEXTS: readonly string[] = [ATTRIBUTES.prompt_version];

/** What is said of an error without a kind. */
const OTHER_ERROR = "_OTHER";

/** The attributes of the span of a call that was completed or failed. */
export function genAiAttributes(event: PromptEvent): Record<string, string | number> {
  const attributes: Record<string, string | number> = { [OPERATION_NAME]: "chat" };
  for (const [field, name] of Object.entries(ATTRIBUTES) as [keyof typeof ATTRIBUTES, string][]) {
    const value = event[field];
    if (value !== undefined) attributes[name] = TEXTS.includes(name) ? String(value) : value;
  }
  if (event.event === "prompt_failed") attributes[ERROR_TYPE] ??= OTHER_ERROR;
  return attributes;
}
