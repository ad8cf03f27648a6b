import type { Answer, ModelCall } from "@promptops/models";

/** One call of a model: what it gets, and what tells this call from another. */
export interface Question extends ModelCall {
  /** The case's input by itself. */
  readonly input: string;
  /** Which of the case's repeats this is, from 0. */
  readonly repeat: number;
}

/** What answers questions: a model, recordings of one, or a stand-in. */
export interface Provider {
  /** `anthropic`, `bedrock`, `openai` or `keyword`. */
  readonly name: string;
  /** The provider's own id of the model. */
  readonly model: string;
  /** `live` calls cost money now; `recorded` answers are those of earlier calls; a `stand-in` is no model at all. */
  readonly mode: "live" | "recorded" | "stand-in";
  /** Whether answers come with what they cost. */
  readonly priced: boolean;
  /**
   * @throws UserError or ServiceError that says why there is no answer; the signal's reason when it was aborted.
   */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
}

/** What calls took. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars at the prices of `models.yaml`, recorded answers included; null when a price is not known. */
  readonly costUsd: number | null;
  /** US dollars spent in this run: without recorded answers, and without calls whose price is not known. */
  readonly spentUsd: number;
}

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, spentUsd: 0 };

/** What one answer of `provider` took. */
export function usageOf({ mode }: Provider, { inputTokens, outputTokens, costUsd }: Answer): Usage {
  return { inputTokens, outputTokens, costUsd, spentUsd: mode === "live" ? (costUsd ?? 0) : 0 };
}

/** The sum of two usages; its cost is unknown when one of theirs is. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
    spentUsd: a.spentUsd + b.spentUsd,
  };
}
