import type { FindDefinition } from "@promptops/authoring";
import { type Candidate, isPromptOpsError, type Suite } from "@promptops/core/domain";
import { evaluate, type SuiteResult } from "@promptops/evals";
import type { Progress } from "../progress.ts";
import type { Answerers } from "./answerers.ts";

/** A suite with the prompt it is for. */
export interface Exam {
  readonly candidate: Candidate;
  readonly suite: Suite;
}

export interface RunOptions {
  readonly answerers: Answerers;
  readonly find: FindDefinition;
  /** US dollars for all suites together. */
  readonly maxCostUsd?: number | undefined;
  /** Ends the run; what was done until then is in the outcome. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface RunOutcome {
  readonly results: readonly SuiteResult[];
  /** What kept suites from being run: each is a reason to fail. */
  readonly problems: readonly string[];
}

/** Runs suites one after the other. One that cannot be run does not keep the others back. */
export async function runSuites(exams: readonly Exam[], options: RunOptions): Promise<RunOutcome> {
  const results: SuiteResult[] = [];
  const problems: string[] = [];
  let left = options.maxCostUsd;
  for (const exam of exams) {
    const { id } = exam.candidate.definition;
    if (options.signal.aborted) {
      problems.push(`${id} was not evaluated: interrupted`);
      continue;
    }
    try {
      const result = await runExam(exam, left, options);
      results.push(result);
      if (left !== undefined) left = Math.max(0, left - spentOn(result));
    } catch (error) {
      if (!isPromptOpsError(error) || error.blame !== "user") throw error;
      problems.push(`${id} cannot be evaluated: ${error.message}. ${error.hint ?? ""}`.trimEnd());
    }
  }
  return { results, problems };
}

async function runExam(
  { candidate: { definition }, suite }: Exam,
  maxCostUsd: number | undefined,
  { answerers, find, signal, progress }: RunOptions,
): Promise<SuiteResult> {
  const parent = definition.parent === undefined ? undefined : await find(definition.parent);
  const judge = await answerers.judgeFor(suite, find);
  return evaluate({
    definition,
    suite,
    provider: await answerers.providerFor(definition, suite),
    ...(parent && { parent: { definition: parent, provider: await answerers.providerFor(parent, suite) } }),
    ...(judge && { judge }),
    ...(maxCostUsd !== undefined && { maxCostUsd }),
    signal,
    onProgress: ({ ref, done, size, passed }) =>
      progress.update(`${ref}: ${done} of ${size}, ${passed} passed`),
  });
}

function spentOn({ run, parent }: SuiteResult): number {
  return run.totals.usage.spentUsd + (parent?.totals.usage.spentUsd ?? 0);
}
