import { isPromptOpsError } from "../domain/errors.ts";
import { costOf } from "../domain/price.ts";
import type { Prompt } from "../domain/prompt.ts";
import type { EventFields } from "./event-line.ts";
import { logPromptEvent } from "./log.ts";
import { findModel } from "./models.ts";

/** What the body of {@link observe} adds to the event that tells how its call went. */
export interface ObservedEvent {
  input_tokens?: number;
  output_tokens?: number;
  /** US dollars. Left out, it follows from the tokens, where `models.yaml` has the model's price. */
  cost_usd?: number;
  /** What the model answered, in a word. */
  label?: string;
  /** What the model got and answered. Logged only where the prompt's own `events` field lets it, and redacted as that says. */
  prompt_variables?: unknown;
  prompt_text?: string;
  model_output?: unknown;
  [field: string]: unknown;
}

/** The call that is being observed. */
export interface ObservedCall {
  /** The id of its `prompt_invoked`: the `parent_event_id` of calls that it leads to. */
  readonly eventId: string;
}

/**
 * Runs a call of a prompt and logs it: `prompt_invoked` before, then `prompt_completed` with how long it took and
 * what the body adds, or `prompt_failed` with the kind of error. Nothing that it does of its own can fail or wait.
 *
 * @param extra what both events say besides, such as `session_id`.
 * @returns what the body returns.
 * @throws what the body throws.
 *
 * @example
 * const prompt = await loadPrompt("customer-support.intent-classifier");
 * const label = await observe(prompt, { session_id: "s-17" }, async (event) => {
 *   const answer = await callModel(prompt.render());
 *   event.input_tokens = answer.inputTokens;
 *   event.output_tokens = answer.outputTokens;
 *   return answer.text;
 * });
 * declare function callModel(prompt: object): Promise<{ text: string; inputTokens: number; outputTokens: number }>;
 */
export async function observe<T>(
  prompt: Prompt,
  extra: EventFields,
  body: (event: ObservedEvent, call: ObservedCall) => T | Promise<T>,
): Promise<T> {
  const eventId = logPromptEvent("prompt_invoked", prompt, extra);
  const event: ObservedEvent = {};
  const started = performance.now();
  const log = (type: "prompt_completed" | "prompt_failed", outcome: EventFields) => {
    const latency = Math.round((performance.now() - started) * 100) / 100;
    logPromptEvent(
      type,
      prompt,
      together(extra, { latency_ms: latency }, outcome, priced(event, prompt.model)),
    );
  };
  let result: T;
  try {
    result = await body(event, { eventId });
  } catch (error) {
    log("prompt_failed", { error_kind: kindOf(error) });
    throw error;
  }
  log("prompt_completed", {});
  return result;
}

/** All fields, later ones before earlier ones; those that cannot be read are left out. */
function together(...all: readonly EventFields[]): EventFields {
  const fields = {};
  for (const some of all) {
    try {
      Object.assign(fields, some);
    } catch {
      // A getter of the caller's. The event goes out with what could be read.
    }
  }
  return fields;
}

function priced(event: ObservedEvent, name: string): EventFields {
  const { input_tokens: input, output_tokens: output, cost_usd: cost } = event;
  if (cost !== undefined || typeof input !== "number" || typeof output !== "number") return event;
  try {
    const model = findModel(name);
    const computed = model && costOf(model, input, output);
    return computed == null ? event : { ...event, cost_usd: computed };
  } catch {
    return event;
  }
}

/** A word for an error: its code where it is one of this software's, else its name. */
function kindOf(error: unknown): string {
  try {
    if (isPromptOpsError(error)) return error.code;
    return error instanceof Error ? error.name : typeof error;
  } catch {
    return "unknown";
  }
}
