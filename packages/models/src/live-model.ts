import { costOf, type Message, type Model, ServiceError } from "@promptops/core/domain";
import { generateText, type LanguageModel, type ModelMessage, type Warning } from "ai";
import { readFailure } from "./failure.ts";
import { openLanguageModel } from "./language-model.ts";
import { type Settings, settingsOf } from "./parameters.ts";
import type { Answer, ModelProvider } from "./provider.ts";
import { Calls, type Clock } from "./retry.ts";

// Warnings are part of every answer; the SDK would print them as well.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** See `modelProvider`, which loads this file and the SDK with it only when a model is called. */
export async function openLiveModel(model: Model, timeoutMs: number, clock: Clock): Promise<ModelProvider> {
  const languageModel = await openLanguageModel(model);
  const calls = new Calls(clock);
  return {
    name: model.provider,
    model: model.id,
    mode: "live",
    priced: model.price !== undefined,
    async ask({ messages, parameters }, signal) {
      const settings = settingsOf(parameters);
      const timeout = AbortSignal.timeout(timeoutMs);
      const either = AbortSignal.any([signal, timeout]);
      try {
        return await calls.run(
          () => call(model, languageModel, settings, messages, either, clock),
          (thrown, tries) => readFailure(model, thrown, tries),
          timeoutMs,
          either,
        );
      } catch (error) {
        signal.throwIfAborted();
        throw timeout.aborted ? tooSlow(model, timeoutMs) : error;
      }
    },
  };
}

async function call(
  model: Model,
  languageModel: LanguageModel,
  settings: Settings,
  messages: readonly Message[],
  abortSignal: AbortSignal,
  clock: Clock,
): Promise<Answer> {
  const started = clock.now();
  const { text, usage, warnings } = await generateText({
    ...settings,
    model: languageModel,
    messages: messages.map(toModelMessage),
    // The prompt's own, from a reviewed file.
    allowSystemInMessages: true,
    maxRetries: 0,
    abortSignal,
  });
  const latencyMs = Math.round(clock.now() - started);
  const { inputTokens, outputTokens } = usage;
  return {
    text,
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    costUsd:
      inputTokens === undefined || outputTokens === undefined
        ? null
        : costOf(model, inputTokens, outputTokens),
    latencyMs,
    warnings: (warnings ?? []).map(inWords),
  };
}

function toModelMessage({ role, content }: Message): ModelMessage {
  return { role, content };
}

function inWords(warning: Warning): string {
  switch (warning.type) {
    case "unsupported":
    case "compatibility":
      return `${warning.feature}: ${warning.details ?? "not supported by this model, and left out"}`;
    case "deprecated":
      return `${warning.setting}: ${warning.message}`;
    case "other":
      return warning.message;
  }
}

function tooSlow({ provider, id }: Model, timeoutMs: number): ServiceError {
  const message = `${provider} gave no answer within ${timeoutMs / 1000} s`;
  return new ServiceError("provider-timeout", message, {
    hint: "Call it again later; where it happens often, with fewer calls at once (the concurrency of a suite).",
    facts: { provider, model: id },
  });
}
