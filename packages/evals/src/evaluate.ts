import { type PromptDefinition, type Suite, UserError } from "@promptops/core/domain";
import { Budget } from "./budget.ts";
import { suiteFor } from "./conversation.ts";
import type { Judge } from "./graders/judge.ts";
import { prepareGrader } from "./graders/prepare-grader.ts";
import type { Provider } from "./providers/provider.ts";
import { type Progress, runSuite, type SuiteRun } from "./run.ts";
import { suiteHash } from "./suite-hash.ts";
import { judgeRun, type Verdict } from "./verdict.ts";

export interface EvaluateOptions {
  readonly definition: PromptDefinition;
  readonly suite: Suite;
  /** What answers for the prompt's model. */
  readonly provider: Provider;
  /** The version to compare with, and what answers for its model. */
  readonly parent?: { readonly definition: PromptDefinition; readonly provider: Provider };
  /** Needed where the suite's grader is `judge`. */
  readonly judge?: Judge;
  /** US dollars that may be spent, on the parent and on judging too. Recorded answers cost nothing. */
  readonly maxCostUsd?: number;
  /** Ends the evaluation; what was done until then is in the result, which does not pass. */
  readonly signal?: AbortSignal;
  /** Is told after each case. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How a prompt did on its suite, and whether that is good enough. */
export interface SuiteResult {
  readonly run: SuiteRun;
  /** Absent when there is no parent to compare with, or the run itself was not finished. */
  readonly parent?: SuiteRun;
  readonly verdict: Verdict;
}

/**
 * Runs a prompt's suite, then the same cases on its parent, and judges.
 *
 * @throws UserError when the suite cannot be run at all: `no-price` (a cost limit, and a model without price),
 *   `no-schema`, `bad-schema`, `bad-pattern`, `no-judge`, `other-judge`, `blind-judge`. What goes wrong with single
 *   cases is in the result.
 */
export async function evaluate(options: EvaluateOptions): Promise<SuiteResult> {
  const { definition, suite, provider, parent } = options;
  const common = {
    suiteHash: suiteHash(suite),
    // One grader for both: the parent's own output schema would be another measure.
    grader: await prepareGrader(suite.grader, definition, options.judge),
    budget: budgetFor(options),
    signal: options.signal ?? new AbortController().signal,
    onProgress: options.onProgress ?? (() => {}),
  };
  const run = await runSuite({ definition, suite, provider, ...common });
  if (parent === undefined || run.stop !== undefined) {
    return { run, verdict: judgeRun(run, definition, suite) };
  }
  const parentSuite = suiteFor(parent.definition, suite);
  const parentRun = await runSuite({ ...parent, suite: parentSuite, ...common });
  return { run, parent: parentRun, verdict: judgeRun(run, definition, suite, parentRun) };
}

function budgetFor({ provider, parent, judge, maxCostUsd }: EvaluateOptions): Budget {
  const providers = [provider, parent?.provider, judge?.provider];
  const live = providers.filter((one) => one?.mode === "live");
  if (maxCostUsd === undefined || live.length === 0) return new Budget(Number.POSITIVE_INFINITY);
  const unpriced = live.find((one) => !one?.priced);
  if (unpriced !== undefined) {
    throw new UserError("no-price", `the cost limit cannot be kept: ${unpriced.model} has no price`, {
      hint: "Give it a price in prompts/models.yaml, or run without --max-cost.",
      facts: { provider: unpriced.name, model: unpriced.model },
    });
  }
  return new Budget(maxCostUsd);
}
