import type { Evaluation } from "@promptops/core/domain";
import type { SuiteResult } from "./evaluate.ts";
import { answeredBy } from "./words.ts";

/**
 * The result as the ledger keeps it; the version and the content hash that belong to it are in `result.run`.
 *
 * @param commit the full hash of the commit that was evaluated, where there is one.
 */
export function evidence({ run, verdict }: SuiteResult, commit?: string): Evaluation {
  const { accuracy, interval, passed, usage } = run.totals;
  return {
    pass: verdict.pass,
    suiteHash: run.suiteHash,
    model: run.promptModel,
    provider: answeredBy(run),
    cases: run.cases.length,
    passed,
    accuracy,
    low: interval.low,
    high: interval.high,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    costUsd: usage.costUsd,
    commit: commit ?? null,
  };
}
