import * as z from "zod";
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import { SETTINGS_FILE } from "../prompts/prompt-path.ts";
import { expectations, type FileForm } from "./file-form.ts";
import { readReservedFile } from "./reserved-file.ts";

const channel = z.strictObject({
  requires_evaluation: z
    .boolean()
    .register(expectations, {
      about: "Whether the channel serves only versions with a passing evaluation",
      expected: "true or false",
      example: "requires_evaluation: true",
    })
    .optional(),
});

const schema = z.strictObject({
  channels: z
    .record(
      z.string(),
      channel.register(expectations, {
        about: "The rules of one channel",
        expected: "rules, such as {requires_evaluation: true}",
      }),
    )
    .register(expectations, {
      about: "The channels that have rules, by name",
      expected: "channels, each with its rules",
      example: "channels: {live: {requires_evaluation: true}}",
    })
    .optional(),
});

/** What `prompts/settings.yaml` may hold. */
export const settingsForm: FileForm<z.infer<typeof schema>> = { schema, called: "the settings" };

export interface Settings {
  /** The channels that require a passing evaluation. */
  readonly gates: readonly string[];
}

export interface LoadedSettings {
  /** Those of a project without settings where the file has an error: look at `diagnostics` before acting on them. */
  readonly settings: Settings;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads `root/prompts/settings.yaml`; without the file no channel has rules. Nothing that it holds makes it throw.
 *
 * @example
 * const { settings, diagnostics } = await loadSettings(".");
 */
export async function loadSettings(root: string): Promise<LoadedSettings> {
  const { fields, diagnostics } = readReservedFile(root, SETTINGS_FILE, settingsForm, "channels");
  const gates = Object.entries(fields?.channels ?? {})
    .filter(([, rules]) => rules.requires_evaluation === true)
    .map(([name]) => name);
  return { settings: { gates }, diagnostics };
}
