import type { Values } from "../domain/bind-variables.ts";
import type { PromptDefinition } from "../domain/definition.ts";
import { type Rendered, render } from "../domain/render.ts";

/** A prompt as the client hands it out: its definition, what it was found by, and how fresh that is. */
export interface Prompt extends PromptDefinition {
  readonly contentHash: string;
  /** The channel it was resolved through; absent when an exact version was asked for. */
  readonly channel?: string;
  /** The sequence number of the pin that chose it; absent when it is served as the latest version. */
  readonly pinSeq?: number;
  /** Where this answer came from: the ledger was asked for it, or it was held in memory. */
  readonly source: "ledger" | "memory";
  /** How long ago the ledger last said so, in milliseconds; 0 for an exact version, which never changes. */
  readonly ageMs: number;
  /**
   * The prompt with its variables filled in.
   *
   * @throws UserError `missing-variable`, `unexpected-variable` or `wrong-variable-type`.
   */
  render(values?: Values): Rendered;
}

/** What a channel's answer adds to a definition. */
export type Provenance = Pick<Prompt, "channel" | "pinSeq" | "source" | "ageMs">;

export function toPrompt(definition: PromptDefinition, contentHash: string, provenance: Provenance): Prompt {
  return { ...definition, contentHash, ...provenance, render: (values) => render(definition, values) };
}
