import { setImmediate as nextTurn } from "node:timers/promises";
import type { EvalCase } from "@promptops/core/domain";
import { REFUSED } from "@promptops/models";
import type { Budget } from "./budget.ts";
import type { CaseResult } from "./case-result.ts";

/** Why not all cases were run. */
export interface Stop {
  readonly code: "interrupted" | "max-cost" | "refused";
  /** In words. */
  readonly message: string;
}

interface Work {
  readonly cases: readonly EvalCase[];
  /** How many cases are under way at once. */
  readonly concurrency: number;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** Runs the case at a place, from 1. */
  readonly run: (evalCase: EvalCase, place: number) => Promise<CaseResult>;
  readonly onDone: (result: CaseResult) => void;
}

/** How many cases may be run before signals and timers get their turn: answers that need no waiting would starve them. */
const CASES_PER_TURN = 256;

/**
 * Runs cases in order, some at once, until all are done or there is a reason to stop. Cases that an abort ends do not
 * count.
 *
 * @returns the results by place.
 */
export async function workThrough(
  work: Work,
): Promise<{ readonly results: readonly CaseResult[]; readonly stop?: Stop }> {
  const { cases, concurrency, budget, signal } = work;
  const results: CaseResult[] = [];
  let next = 0;
  let stop: Stop | undefined;

  const mayStart = () => {
    if (signal.aborted) stop ??= { code: "interrupted", message: "it was interrupted" };
    return stop === undefined && next < cases.length && budget.start();
  };
  const runNext = async () => {
    const place = ++next;
    let spentUsd = 0;
    try {
      const result = await work.run(cases[place - 1] as EvalCase, place);
      spentUsd = result.usage.spentUsd;
      results.push(result);
      if (result.error?.code === REFUSED) stop ??= { code: "refused", message: result.error.message };
      work.onDone(result);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      budget.finish(spentUsd);
    }
    if (place % CASES_PER_TURN === 0) await nextTurn();
  };
  const worker = async () => {
    while (mayStart()) await runNext();
  };

  while (budget.blind && mayStart()) await runNext();
  await Promise.all(Array.from({ length: Math.min(concurrency, cases.length) }, worker));
  if (results.length < cases.length) stop ??= { code: "max-cost", message: budget.exhausted };
  results.sort((a, b) => a.place - b.place);
  return { results, ...(stop === undefined ? {} : { stop }) };
}
