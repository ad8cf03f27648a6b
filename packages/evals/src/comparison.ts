import type { JsonValue } from "@promptops/core/domain";
import type { CaseResult } from "./case-result.ts";
import type { SuiteRun } from "./run.ts";
import { mcnemar } from "./statistics/mcnemar.ts";

/** A case on which two versions went different ways. */
export interface Flip {
  readonly place: number;
  readonly input: string;
  readonly expected?: JsonValue;
  readonly before: Side;
  readonly now: Side;
}

interface Side {
  /** Absent when nothing was answered. */
  readonly answer?: string;
  readonly reason: string;
}

/** A version set against its parent on the same cases. */
export interface Comparison {
  /** How many cases were compared: those that the parent has a grade for. */
  readonly cases: number;
  /** How many of these passed. */
  readonly passedBefore: number;
  readonly passedNow: number;
  /** Cases that failed before and pass now. */
  readonly better: readonly Flip[];
  /** Cases that passed before and fail now. */
  readonly worse: readonly Flip[];
  /** By the exact McNemar test, two-sided; 1 when no case flipped. */
  readonly p: number;
  /** Whether it is worse than chance explains: more got worse than better, and p is below 0.05. */
  readonly significantlyWorse: boolean;
}

const SIGNIFICANT = 0.05;

/** Sets a run against its parent's, case by case. A case that the parent has no grade for says nothing of either. */
export function compare(run: SuiteRun, parent: SuiteRun): Comparison {
  const before = new Map(parent.cases.map((one) => [one.place, one]));
  const pairs = run.cases.flatMap((now) => {
    const then = before.get(now.place);
    return then === undefined || then.error !== undefined ? [] : [{ then, now }];
  });
  const flips = (passes: boolean) =>
    pairs
      .filter(({ then, now }) => now.pass === passes && then.pass !== passes)
      .map(({ then, now }) => flip(then, now));
  const better = flips(true);
  const worse = flips(false);
  const p = mcnemar(better.length, worse.length);
  return {
    cases: pairs.length,
    passedBefore: pairs.filter(({ then }) => then.pass).length,
    passedNow: pairs.filter(({ now }) => now.pass).length,
    better,
    worse,
    p,
    significantlyWorse: worse.length > better.length && p < SIGNIFICANT,
  };
}

function flip(then: CaseResult, now: CaseResult): Flip {
  const { place, input, expected } = now;
  return {
    place,
    input,
    ...(expected === undefined ? {} : { expected }),
    before: side(then),
    now: side(now),
  };
}

function side({ answer, reason }: CaseResult): Side {
  return answer === undefined ? { reason } : { answer, reason };
}
