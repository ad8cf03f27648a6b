/** What calls of models took. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** US dollars, of the calls whose model has a price. */
  costUsd: number;
}

export function noUsage(): Usage {
  return { inputTokens: 0, outputTokens: 0, costUsd: 0 };
}

export function addUsage(to: Usage, { inputTokens, outputTokens, costUsd }: Readonly<Usage>): void {
  to.inputTokens += inputTokens;
  to.outputTokens += outputTokens;
  to.costUsd += costUsd;
}
