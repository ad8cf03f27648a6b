import { writeFileSync } from "node:fs";
import { loadModels, loadSuites } from "@promptops/authoring";
import type { Candidate, LedgerEvent, Suite } from "@promptops/core/domain";
import {
  evidence,
  jsonReport,
  junitReport,
  markdownReport,
  type SuiteResult,
  textReport,
} from "@promptops/evals";
import { recordEvaluation } from "@promptops/registry";
import { readCandidates, refuseInvalid } from "../candidates.ts";
import type { Context } from "../context.ts";
import { Answerers, type AnswerMode } from "../evaluation/answerers.ts";
import { finder } from "../evaluation/find.ts";
import { type Exam, runSuites } from "../evaluation/run-suites.ts";
import type { Outcome } from "../outcome.ts";
import { appendedLine, eventJson } from "../words/events.ts";
import { style } from "../words/style.ts";

interface Options {
  readonly record?: boolean;
  readonly live?: boolean;
  readonly append?: boolean;
  readonly maxCost?: number;
  readonly markdown?: string;
  readonly junit?: string;
}

export async function evaluatePrompts(
  context: Context,
  ids: readonly string[],
  options: Options,
): Promise<Outcome> {
  const root = context.root();
  const candidates = await readCandidates(context);
  const { suites, diagnostics } = await loadSuites(root, ids);
  refuseInvalid("suites", diagnostics);
  const { models = new Map() } = await loadModels(root);
  const exams = suites.flatMap(({ suite }): readonly Exam[] => {
    const candidate = candidates.find(({ definition }) => definition.id === suite.promptId);
    return candidate === undefined ? [] : [{ candidate, suite }];
  });
  const mode: AnswerMode = options.record ? "record" : options.live ? "live" : "replay";
  const run = await runSuites(exams, {
    answerers: new Answerers(root, models, mode),
    find: finder(context, candidates),
    maxCostUsd: options.maxCost,
    signal: interruption(context),
    progress: context.progress,
  });
  const { results } = run;
  const problems = [...strayed(suites, candidates), ...unmeasured(candidates, exams, ids), ...run.problems];
  if (options.markdown !== undefined) writeFileSync(options.markdown, markdownWith(results, problems));
  if (options.junit !== undefined) writeFileSync(options.junit, junitReport(results));
  const events = options.append ? await appendAll(context, exams, results) : [];
  const failed = problems.length > 0 || results.some(({ verdict }) => !verdict.pass);
  return {
    json: { pass: !failed, problems, results: jsonReport(results).results, events: events.map(eventJson) },
    text: [
      ...(results.length > 0 ? [textReport(results)] : ["No suite was run."]),
      ...problems.map((problem) => `${style.bad("failed:")} ${problem}`),
      ...events.map(appendedLine),
    ].join("\n"),
    exitCode: failed ? 1 : 0,
  };
}

/** Aborted by the first Ctrl-C, so that what was done is reported; a second one ends the program. */
function interruption(context: Context): AbortSignal {
  const stop = new AbortController();
  context.onSignal("SIGINT", () => {
    context.onSignal("SIGINT", undefined);
    stop.abort();
  });
  return stop.signal;
}

/** Suites without a prompt. */
function strayed(
  suites: readonly { file: string; suite: Suite }[],
  candidates: readonly Candidate[],
): readonly string[] {
  const known = new Set(candidates.map(({ definition }) => definition.id));
  return suites
    .filter(({ suite }) => !known.has(suite.promptId))
    .map(({ file, suite }) => `${file} is for ${suite.promptId}, and there is no such prompt`);
}

/** Prompts that declare a baseline, or were asked for, and have no suite to measure it by. */
function unmeasured(
  candidates: readonly Candidate[],
  exams: readonly Exam[],
  ids: readonly string[],
): readonly string[] {
  const known = new Set(candidates.map(({ definition }) => definition.id));
  const measured = new Set(exams.map(({ candidate }) => candidate.definition.id));
  const declared = candidates
    .filter(({ definition }) => definition.metrics?.baseline_accuracy !== undefined)
    .map(({ definition }) => definition.id);
  return (ids.length > 0 ? ids : declared)
    .filter((id) => !measured.has(id))
    .map((id) =>
      known.has(id)
        ? `${id} has no suite: write evals/${id.replaceAll("-", "_").replaceAll(".", "/")}.yaml`
        : `there is no prompt file for ${id}`,
    );
}

/** Appends each outcome to its prompt's stream. A run that was not finished is no evidence, neither for nor against. */
async function appendAll(
  context: Context,
  exams: readonly Exam[],
  results: readonly SuiteResult[],
): Promise<readonly LedgerEvent[]> {
  const ledger = await context.ledger();
  const intent = await context.intent("evaluation");
  const events: LedgerEvent[] = [];
  for (const result of results.filter(({ run }) => run.stop === undefined)) {
    const { promptId: id, version, contentHash } = result.run;
    const commit = exams.find(({ candidate }) => candidate.definition.id === id)?.candidate.source.commit;
    const event = await recordEvaluation(
      ledger,
      { id, version },
      contentHash,
      evidence(result, commit),
      intent,
    );
    if (event !== undefined) events.push(event);
  }
  return events;
}

function markdownWith(results: readonly SuiteResult[], problems: readonly string[]): string {
  const lines = problems.map((problem) => `- ❌ ${problem}\n`);
  return [markdownReport(results), ...lines].join("\n");
}
