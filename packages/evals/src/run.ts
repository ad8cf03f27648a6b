import { contentHash, formatRef, type PromptDefinition, type Suite } from "@promptops/core/domain";
import type { Budget } from "./budget.ts";
import type { CaseResult } from "./case-result.ts";
import { prepareConversation } from "./conversation.ts";
import type { Grader } from "./graders/grader.ts";
import type { Provider } from "./providers/provider.ts";
import { type Exam, runCase } from "./run-case.ts";
import { type Totals, totalsOf } from "./totals.ts";
import { type Stop, workThrough } from "./work-through.ts";

/** How one version did on a suite. */
export interface SuiteRun {
  readonly promptId: string;
  readonly version: number;
  readonly contentHash: string;
  readonly suiteHash: string;
  /** The logical model name that the prompt uses. */
  readonly promptModel: string;
  /** What answered, as {@link Provider} has it. */
  readonly provider: Pick<Provider, "name" | "model" | "mode">;
  /** How many cases the suite has. */
  readonly size: number;
  /** The cases that were run to their end, in the suite's order. */
  readonly cases: readonly CaseResult[];
  /** Why not all cases were run; absent when all were. */
  readonly stop?: Stop;
  readonly totals: Totals;
  /** What providers said of settings that they left out or changed; each once. */
  readonly warnings: readonly string[];
}

/** How far a run is. */
export interface Progress {
  /** The version that is being run, as `id#version`. */
  readonly ref: string;
  readonly done: number;
  readonly size: number;
  readonly passed: number;
  /** US dollars. */
  readonly spentUsd: number;
}

interface RunOptions {
  readonly definition: PromptDefinition;
  readonly suite: Suite;
  readonly suiteHash: string;
  readonly provider: Provider;
  readonly grader: Grader;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Runs a suite. It ends early, and says so in `stop`, when the signal is aborted, the budget does not allow another
 * case, or the provider refuses calls altogether.
 */
export async function runSuite(options: RunOptions): Promise<SuiteRun> {
  const { definition, suite, provider, budget } = options;
  const warnings = new Set<string>();
  const exam: Exam = {
    provider,
    parameters: definition.parameters ?? {},
    messagesFor: prepareConversation(definition, suite),
    grader: options.grader,
    repeats: suite.repeats,
    signal: options.signal,
    onSpent: (usd) => budget.spend(usd),
    onWarning: (warning) => warnings.add(warning),
  };
  const before = budget.spentUsd;
  const progress = { ref: formatRef(definition), done: 0, size: suite.cases.length, passed: 0 };
  const { results, stop } = await workThrough({
    ...suite,
    budget,
    signal: options.signal,
    run: (evalCase, place) => runCase(exam, evalCase, place),
    onDone({ pass }) {
      progress.done++;
      if (pass) progress.passed++;
      options.onProgress({ ...progress, spentUsd: budget.spentUsd - before });
    },
  });
  return {
    promptId: definition.id,
    version: definition.version,
    contentHash: contentHash(definition),
    suiteHash: options.suiteHash,
    promptModel: definition.model,
    provider: { name: provider.name, model: provider.model, mode: provider.mode },
    size: suite.cases.length,
    cases: results,
    ...(stop === undefined ? {} : { stop }),
    totals: totalsOf(results, budget.spentUsd - before),
    warnings: [...warnings],
  };
}
