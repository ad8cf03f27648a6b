import type { Ledger } from "@promptops/core/ledger";
import type { Intent } from "@promptops/registry";
import type { FoundStage } from "@promptops/stage";
import type { Progress } from "./progress.ts";

/** What a command works with. Everything is opened when first asked for, so that a command pays for what it uses. */
export interface Context {
  /** The folder that has `prompts/`, found from here upwards. */
  root(): string;
  ledger(): Promise<Ledger>;
  /** What the stage is made of that `--stage` names; undefined where the environment says where things are. */
  stage(): Promise<FoundStage | undefined>;
  /** Settings with which a program reads the same ledger, and knows what is behind the names of models. */
  environment(): Promise<Readonly<Record<string, string>>>;
  /** Who acts, for the events that a command appends. */
  intent(reason?: string): Promise<Intent>;
  readonly progress: Progress;
  /** Does `handle` on a signal instead of ending the program; undefined goes back to that. */
  onSignal(signal: Signal, handle: (() => void) | undefined): void;
}

/** What a terminal or a supervisor sends to end a program. */
export type Signal = "SIGINT" | "SIGTERM";
