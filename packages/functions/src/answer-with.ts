import { findModel, type Message, type Prompt, UserError } from "@promptops/core";
import { type ModelProvider, modelProvider } from "@promptops/models";
import { answerByKeywords } from "./keyword-model.ts";
import { labelsOf } from "./labels.ts";

interface ModelAnswer {
  readonly text: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** Retries included. API Gateway hangs up after 30 seconds, and until then the answer should be ours. */
const TIMEOUT_MS = 15_000;

/** By the names that prompts use. Kept for the calls to come, which share what a provider asks to wait for. */
const providers = new Map<string, ModelProvider>();

/**
 * What a model answers to a message: with `PROMPTOPS_MODEL_CALLS=live` the one that the prompt names, else the keyword
 * stand-in. The AI SDK is loaded when a model is first called.
 *
 * @throws UserError `malformed-model-calls` for another value, `unknown-model` when `PROMPTOPS_MODELS` does not have
 *   the prompt's model, and the errors of `modelProvider`.
 */
export async function answerWith(prompt: Prompt, message: string): Promise<ModelAnswer> {
  if (!callsModels()) return { text: answerByKeywords(labelsOf(prompt), message) };
  const provider = await providerFor(prompt.model);
  const { parameters = {} } = prompt;
  // A signal that outlived the call would be handed more and more listeners.
  const { signal } = new AbortController();
  return provider.ask({ messages: conversation(prompt, message), parameters }, signal);
}

function callsModels(): boolean {
  const written = process.env.PROMPTOPS_MODEL_CALLS;
  if (written && written !== "live") {
    throw new UserError("malformed-model-calls", `PROMPTOPS_MODEL_CALLS is "${written}"`, {
      hint: "Set it to live, or leave it out for the keyword stand-in.",
    });
  }
  return written === "live";
}

async function providerFor(name: string): Promise<ModelProvider> {
  const known = providers.get(name);
  if (known !== undefined) return known;
  const model = findModel(name);
  if (model === undefined) {
    throw new UserError("unknown-model", `nothing says what is behind the model "${name}"`, {
      hint: "Name it in prompts/models.yaml, and let PROMPTOPS_MODELS name the JSON file made from that.",
      facts: { model: name },
    });
  }
  const provider = await modelProvider(model, { timeoutMs: TIMEOUT_MS });
  providers.set(name, provider);
  return provider;
}

/** As an evaluation asks: a template is the system prompt. */
function conversation(prompt: Prompt, message: string): readonly Message[] {
  const { text, messages } = prompt.render();
  return [...(messages ?? [{ role: "system", content: text }]), { role: "user", content: message }];
}
