import type { Model } from "./suite.ts";

/** US dollars for a call with so many tokens; null when the model has no price. */
export function costOf({ price }: Model, inputTokens: number, outputTokens: number): number | null {
  if (price === undefined) return null;
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
}
