import { type JsonValue, UserError } from "@promptops/core/domain";
import type { generateText } from "ai";

/** The settings of the SDK that a prompt can set. */
export type Settings = Pick<
  Parameters<typeof generateText>[0],
  "maxOutputTokens" | "seed" | "stopSequences" | "temperature" | "topK" | "topP"
>;

/** A prompt's word for each setting. */
const SETTINGS: Readonly<Record<string, keyof Settings>> = {
  max_tokens: "maxOutputTokens",
  seed: "seed",
  stop_sequences: "stopSequences",
  temperature: "temperature",
  top_k: "topK",
  top_p: "topP",
};

/**
 * The SDK's settings for a prompt's `parameters`.
 *
 * @throws UserError `unknown-parameter`: to leave one out would be to measure another prompt.
 */
export function settingsOf(parameters: Readonly<Record<string, JsonValue>>): Settings {
  const settings: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (!Object.hasOwn(SETTINGS, name)) {
      throw new UserError(
        "unknown-parameter",
        `the prompt sets "${name}", which cannot be passed to a model`,
        {
          hint: `Parameters are ${Object.keys(SETTINGS).join(", ")}.`,
        },
      );
    }
    settings[SETTINGS[name] as string] = value;
  }
  return settings as Settings;
}
