import { writeFileSync } from "node:fs";
import { type FindDefinition, history, loadModels, loadSuites } from "@promptops/authoring";
import {
  type Candidate,
  isPromptOpsError,
  type LedgerEvent,
  type PromptDefinition,
  type Suite,
} from "@promptops/core/domain";
import {
  evaluate,
  evidence,
  jsonReport,
  junitReport,
  markdownReport,
  type SuiteResult,
  textReport,
} from "@promptops/evals";
import { recordEvaluation } from "@promptops/registry";
import { inLedger, readCandidates, refuseInvalid } from "../candidates.ts";
import type { Context } from "../context.ts";
import { Answerers, type AnswerMode, among, inTurn } from "../evaluation.ts";
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

/** A suite with the prompt it is for. */
interface Exam {
  readonly candidate: Candidate;
  readonly suite: Suite;
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
  const problems = [...strayed(suites, candidates), ...unmeasured(candidates, exams, ids)];

  const mode: AnswerMode = options.record ? "record" : options.live ? "live" : "replay";
  const results = await runAll(context, exams, new Answerers(root, models, mode), candidates, options);
  const events = options.append ? await appendAll(context, exams, results) : [];
  if (options.markdown !== undefined) writeFileSync(options.markdown, markdownWith(results, problems));
  if (options.junit !== undefined) writeFileSync(options.junit, junitReport(results));
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
  const measured = new Set(exams.map(({ candidate }) => candidate.definition.id));
  return candidates
    .map(({ definition }) => definition)
    .filter(({ id, metrics }) =>
      ids.length > 0 ? ids.includes(id) : metrics?.baseline_accuracy !== undefined,
    )
    .filter(({ id }) => !measured.has(id))
    .map(({ id }) => `${id} has no suite: write evals/${id.replaceAll("-", "_").replaceAll(".", "/")}.yaml`);
}

async function runAll(
  context: Context,
  exams: readonly Exam[],
  answerers: Answerers,
  candidates: readonly Candidate[],
  { maxCost }: Options,
): Promise<readonly SuiteResult[]> {
  const find = finder(context, candidates);
  const stop = new AbortController();
  // The first Ctrl-C ends the run and reports what was done; a second one ends the program.
  process.removeAllListeners("SIGINT").once("SIGINT", () => stop.abort());
  const results: SuiteResult[] = [];
  for (const { candidate, suite } of exams) {
    if (stop.signal.aborted) break;
    const { definition } = candidate;
    const parent = definition.parent === undefined ? undefined : await find(definition.parent);
    const judge = await answerers.judgeFor(suite, find);
    const spent = results.reduce(
      (sum, { run, parent: other }) => sum + run.totals.usage.spentUsd + (other?.totals.usage.spentUsd ?? 0),
      0,
    );
    results.push(
      await evaluate({
        definition,
        suite,
        provider: await answerers.providerFor(definition, suite),
        ...(parent === undefined
          ? {}
          : { parent: { definition: parent, provider: await answerers.providerFor(parent, suite) } }),
        ...(judge === undefined ? {} : { judge }),
        ...(maxCost === undefined ? {} : { maxCostUsd: Math.max(0, maxCost - spent) }),
        signal: stop.signal,
        onProgress: ({ ref, done, size, passed }) =>
          context.progress.update(`${ref}: ${done} of ${size}, ${passed} passed`),
      }),
    );
  }
  return results;
}

/** Other versions are looked for in the files, then in git history, then in the ledger. */
function finder(context: Context, candidates: readonly Candidate[]): FindDefinition {
  const inFiles = among(async () => candidates.map(({ definition }) => definition));
  const inHistory = among(() => definitionsInHistory(context.root()));
  return inTurn(inFiles, inHistory, inLedger(context));
}

/** None outside git: there the ledger alone knows older versions. */
async function definitionsInHistory(root: string): Promise<readonly PromptDefinition[]> {
  try {
    return (await history(root)).versions.map(({ definition }) => definition);
  } catch (error) {
    if (isPromptOpsError(error) && error.code === "no-git") return [];
    throw error;
  }
}

/** Appends each outcome to its prompt's stream. */
async function appendAll(
  context: Context,
  exams: readonly Exam[],
  results: readonly SuiteResult[],
): Promise<readonly LedgerEvent[]> {
  const ledger = await context.ledger();
  const intent = await context.intent("evaluation");
  const events: LedgerEvent[] = [];
  for (const [at, result] of results.entries()) {
    const { promptId: id, version, contentHash } = result.run;
    const commit = exams[at]?.candidate.source.commit;
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
