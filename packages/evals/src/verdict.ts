import type { PromptDefinition, Suite } from "@promptops/core/domain";
import type { CaseResult } from "./case-result.ts";
import { type Comparison, compare } from "./comparison.ts";
import { notesOn } from "./notes.ts";
import { MISSING_RECORDING } from "./providers/recorded.ts";
import type { SuiteRun } from "./run.ts";
import { percent, plural, refOf } from "./words.ts";

/** A reason for the gate to stay shut. */
export interface Shortfall {
  readonly code: "empty" | "incomplete" | "below-required" | "not-compared" | "worse-than-parent";
  readonly message: string;
}

/** What the gate says of a run. */
export interface Verdict {
  readonly pass: boolean;
  /** All the reasons for which it does not pass. */
  readonly shortfalls: readonly Shortfall[];
  /** What a reader should know besides. */
  readonly notes: readonly string[];
  /** The accuracy that was asked for, 0 to 1: the higher of the prompt's baseline and the suite's threshold. */
  readonly required?: number;
  /** Present when the parent was run too. */
  readonly comparison?: Comparison;
}

/**
 * Judges a run by what its prompt and suite ask for and, when there is one, by the run of its parent. It does not pass
 * when the suite is empty, when not all cases were run (of either version), when too few cases passed, when the
 * parent could not be measured, or when it is significantly worse than the parent.
 */
export function judgeRun(
  run: SuiteRun,
  definition: Pick<PromptDefinition, "metrics">,
  suite: Pick<Suite, "threshold">,
  parent?: SuiteRun,
): Verdict {
  const baseline = definition.metrics?.baseline_accuracy;
  const asked = [baseline, suite.threshold].filter((value) => value !== undefined);
  const required = asked.length === 0 ? undefined : Math.max(...asked);
  const comparison = parent === undefined ? undefined : compare(run, parent);
  const shortfalls = [
    ...incomplete(run, "the suite"),
    ...tooFew(run, required),
    ...(parent === undefined || comparison === undefined ? [] : againstParent(parent, comparison)),
  ];
  return {
    pass: shortfalls.length === 0,
    shortfalls,
    notes: notesOn({ run, baseline, threshold: suite.threshold, parent }),
    ...(required === undefined ? {} : { required }),
    ...(comparison === undefined ? {} : { comparison }),
  };
}

function incomplete(run: SuiteRun, what: string): readonly Shortfall[] {
  if (run.size === 0) {
    return [{ code: "empty", message: `${what} has no cases: nothing was measured` }];
  }
  if (run.stop === undefined) return [];
  const far = `${what} was not run to its end (${run.cases.length} of ${run.size} cases)`;
  return [{ code: "incomplete", message: `${far}: ${run.stop.message}` }];
}

function tooFew({ cases, totals }: SuiteRun, required: number | undefined): readonly Shortfall[] {
  if (required === undefined || cases.length === 0) return [];
  const needed = passesNeeded(required, cases.length);
  if (totals.passed >= needed) return [];
  const message = `${totals.passed} of ${plural(cases.length, "case")} passed (${percent(totals.accuracy)}); ${percent(required)} is required, which is ${needed}`;
  return [{ code: "below-required", message }];
}

/** 0.95 of 40 is 38, also where floating-point numbers make it a little more. */
function passesNeeded(required: number, n: number): number {
  return Math.ceil(required * n - 1e-9);
}

function againstParent(parent: SuiteRun, comparison: Comparison): readonly Shortfall[] {
  const unfinished = incomplete(parent, `the suite of the parent ${refOf(parent)}`);
  if (unfinished.length > 0) return unfinished.filter(({ code }) => code !== "empty");
  const unrecorded = parent.cases.filter(({ error }) => error?.code === MISSING_RECORDING);
  const first = unrecorded[0]?.error?.message;
  if (first !== undefined) {
    const far = `${plural(unrecorded.length, "answer")} of the parent ${refOf(parent)} missing`;
    return [{ code: "not-compared", message: `${far}: ${first}` }];
  }
  const failure = comparison.cases === 0 ? parent.cases.find(isOutage)?.error : undefined;
  if (failure !== undefined) {
    const message = `the parent ${refOf(parent)} could not be measured: ${failure.message}`;
    return [{ code: "not-compared", message }];
  }
  if (!comparison.significantlyWorse) return [];
  const { better, worse, p } = comparison;
  const message = `significantly worse than the parent ${refOf(parent)}: ${worse.length} got worse, ${better.length} better (p = ${p.toPrecision(2)})`;
  return [{ code: "worse-than-parent", message }];
}

/** Whether the parent failed on the case for a reason that may pass, other than a prompt that takes other variables. */
function isOutage({ error }: CaseResult): boolean {
  return error !== undefined && !error.code.endsWith("-variable") && error.code !== "wrong-variable-type";
}
