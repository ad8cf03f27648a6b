import type { SuiteRun } from "./run.ts";
import { answeredBy, plural, refOf } from "./words.ts";

interface Judged {
  readonly run: SuiteRun;
  readonly baseline: number | undefined;
  readonly threshold: number | undefined;
  readonly parent: SuiteRun | undefined;
}

/** What a reader of a verdict should know besides: what was not measured, and what with. */
export function notesOn(judged: Judged): readonly string[] {
  const { run, parent } = judged;
  return [
    ...standInNote(run),
    ...baselineNote(judged),
    ...errorNote(run, "without a grade, counted as failed"),
    ...(parent === undefined
      ? []
      : errorNote(parent, `not compared, because the parent ${refOf(parent)} has no grade`)),
    ...run.warnings.map((warning) => `${run.provider.name} on ${run.provider.model}: ${warning}`),
  ];
}

function standInNote(run: SuiteRun): readonly string[] {
  if (run.provider.mode !== "stand-in") return [];
  return [`answered by the ${answeredBy(run)}, which is no model: this measures the suite, not the prompt`];
}

function baselineNote({ baseline, threshold }: Judged): readonly string[] {
  if (baseline !== undefined) return [];
  const instead =
    threshold === undefined
      ? "and the suite no threshold: any accuracy passes"
      : "the suite's threshold counts";
  return [`the prompt declares no metrics.baseline_accuracy, ${instead}`];
}

function errorNote({ cases }: SuiteRun, consequence: string): readonly string[] {
  const errors = cases.flatMap(({ error }) => error ?? []);
  const [first] = errors;
  return first === undefined
    ? []
    : [`${plural(errors.length, "case")} ${consequence}; the first: ${first.message}`];
}
