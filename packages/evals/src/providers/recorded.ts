import { costOf, type Model, UserError } from "@promptops/core/domain";
import { type Recordings, recordingKey } from "../recordings/recording.ts";
import type { Provider } from "./provider.ts";

/** The code of errors that say that an answer was never recorded. */
export const MISSING_RECORDING = "missing-recording";

/** Calls the model through `live` for every question, and keeps each answer in `recordings`. */
export function recordAnswers(model: Model, live: Provider, recordings: Recordings): Provider {
  return {
    ...live,
    async ask(question, signal) {
      const answer = await live.ask(question, signal);
      // A price is not kept: prices change, and a replay reckons with those of the day.
      const { costUsd: _, ...kept } = answer;
      const { input, repeat } = question;
      const asked = { provider: model.provider, model: model.id, input, repeat };
      await recordings.write(recordingKey(model, question), { ...asked, ...kept });
      return answer;
    },
  };
}

/**
 * Answers with what `model` answered when it was recorded, at today's prices; needs no keys.
 *
 * @param promptId the prompt to name in the command that makes a missing recording.
 * @returns a provider whose `ask` throws UserError `missing-recording`, and `spoilt-recording` for a file that is none.
 */
export function replayAnswers(model: Model, recordings: Recordings, promptId: string): Provider {
  return {
    name: model.provider,
    model: model.id,
    mode: "recorded",
    priced: model.price !== undefined,
    async ask(question) {
      const key = recordingKey(model, question);
      const recording = await recordings.read(key);
      if (recording === undefined) throw missing(model, promptId, key);
      const { text, inputTokens, outputTokens, latencyMs, warnings } = recording;
      const costUsd = costOf(model, inputTokens, outputTokens);
      return { text, inputTokens, outputTokens, latencyMs, warnings, costUsd };
    },
  };
}

function missing({ id }: Model, promptId: string, key: string): UserError {
  return new UserError(MISSING_RECORDING, `no answer of ${id} to this case is recorded`, {
    hint: `Record it, with the provider's key in the environment: promptops eval --record ${promptId}`,
    facts: { key, promptId },
  });
}
