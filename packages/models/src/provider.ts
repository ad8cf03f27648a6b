import type { JsonValue, Message, Model } from "@promptops/core/domain";

/** What a model gets. */
export interface ModelCall {
  readonly messages: readonly Message[];
  /** The prompt's own settings for the call, by the names that prompt files use. */
  readonly parameters: Readonly<Record<string, JsonValue>>;
}

/** What came back. */
export interface Answer {
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null when the model has no price. */
  readonly costUsd: number | null;
  /** How long the call took that brought the answer, in milliseconds, without waits and failed tries before it. */
  readonly latencyMs: number;
  /** Settings that the provider left out or changed, in its own words. */
  readonly warnings: readonly string[];
}

/** A model that can be called. */
export interface ModelProvider {
  readonly name: Model["provider"];
  /** The provider's own id of the model. */
  readonly model: string;
  /** Calls cost money now. */
  readonly mode: "live";
  /** Whether answers come with what they cost. */
  readonly priced: boolean;
  /**
   * @throws UserError or ServiceError that says why there is no answer; the signal's reason when it was aborted.
   */
  ask(call: ModelCall, signal: AbortSignal): Promise<Answer>;
}
