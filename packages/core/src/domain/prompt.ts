import type { Values } from "./bind-variables.ts";
import type { PromptDefinition } from "./definition.ts";
import type { Rendered } from "./render.ts";

/** A prompt as the client hands it out: its definition, what it was found by, and how fresh that is. Frozen throughout. */
export interface Prompt extends PromptDefinition {
  readonly contentHash: string;
  /** The channel it was resolved through; absent when an exact version was asked for. */
  readonly channel?: string;
  /** The sequence number of the pin that chose it; absent when it is served as the latest version. */
  readonly pinSeq?: number;
  /** The version that the channel serves, where this one stands in for it because the code does not fit that one. */
  readonly insteadOf?: number;
  /**
   * Where this answer came from. `memory`: it was held, and fresh. `ledger`: the ledger was asked for it. `stale`: it
   * was held, and the ledger did not answer in time or not at all. `snapshot`: the ledger cannot be read, and it
   * comes from the snapshot that was shipped with the program.
   */
  readonly source: "memory" | "ledger" | "stale" | "snapshot";
  /** How long ago the ledger said so, in milliseconds; 0 for an exact version, which never changes. */
  readonly ageMs: number;
  /**
   * The prompt with its variables filled in.
   *
   * @throws UserError `missing-variable`, `unexpected-variable` or `wrong-variable-type`.
   */
  render(values?: Values): Rendered;
}
