import { type EvalCase, isPromptOpsError, type JsonValue, type Message } from "@promptops/core/domain";
import type { Attempt, CaseError, CaseResult } from "./case-result.ts";
import type { Grader, Judgement } from "./graders/grader.ts";
import {
  addUsage,
  NO_USAGE,
  type Provider,
  type Question,
  type Usage,
  usageOf,
} from "./providers/provider.ts";

/** What all cases of a run have in common. */
export interface Exam {
  readonly provider: Provider;
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly messagesFor: (evalCase: EvalCase) => readonly Message[];
  readonly grader: Grader;
  readonly repeats: number;
  readonly signal: AbortSignal;
  /** Is told of what was spent as soon as it was, whatever becomes of the case. */
  readonly onSpent: (usd: number) => void;
  readonly onWarning: (warning: string) => void;
}

/**
 * Asks a case as often as the suite says and grades each answer. What goes wrong with the case fails it and is told
 * in the result.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function runCase(exam: Exam, evalCase: EvalCase, place: number): Promise<CaseResult> {
  const attempts: Attempt[] = [];
  try {
    const messages = exam.messagesFor(evalCase);
    const judgement = exam.grader(evalCase.expected, evalCase.input);
    for (let repeat = 0; repeat < exam.repeats; repeat++) {
      const { input } = evalCase;
      attempts.push(await attempt(exam, { messages, parameters: exam.parameters, input, repeat }, judgement));
    }
  } catch (error) {
    exam.signal.throwIfAborted();
    attempts.push(withoutGrade(error, NO_USAGE));
  }
  return summarise(evalCase, place, attempts, exam.repeats);
}

async function attempt(exam: Exam, question: Question, judgement: Judgement): Promise<Attempt> {
  const { provider, signal } = exam;
  let answered: Pick<Attempt, "text" | "latencyMs"> = {};
  let usage = NO_USAGE;
  const spend = (more: Usage) => {
    usage = addUsage(usage, more);
    if (more.spentUsd > 0) exam.onSpent(more.spentUsd);
  };
  try {
    const answer = await provider.ask(question, signal);
    const { text, latencyMs } = answer;
    answered = { text, latencyMs };
    spend(usageOf(provider, answer));
    for (const warning of answer.warnings) exam.onWarning(warning);
    const { usage: grading, ...grade } = await judgement(text, signal);
    if (grading !== undefined) spend(grading);
    return { ...grade, ...answered, usage };
  } catch (error) {
    signal.throwIfAborted();
    return { ...withoutGrade(error, usage), ...answered };
  }
}

function withoutGrade(thrown: unknown, usage: Usage): Attempt {
  const error = inWords(thrown);
  return { pass: false, score: 0, reason: error.message, error, usage };
}

function inWords(thrown: unknown): CaseError {
  if (!isPromptOpsError(thrown)) {
    return { code: "internal", message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const { code, message, hint } = thrown;
  return { code, message: hint === undefined ? message : `${message}. ${hint}` };
}

function summarise(
  { input, expected, tags }: EvalCase,
  place: number,
  attempts: readonly Attempt[],
  repeats: number,
): CaseResult {
  const passed = attempts.filter((one) => one.pass).length;
  const failed = attempts.filter((one) => !one.pass && one.error === undefined).length;
  const pass = passed > repeats / 2;
  const told = attempts.find((one) => one.pass === pass && (pass || failed === 0 || one.error === undefined));
  const error = attempts.find((one) => one.error !== undefined)?.error;
  // Enough graded answers failed, whatever the rest would have been.
  const settled = pass || repeats - failed <= repeats / 2;
  return {
    place,
    input,
    ...(expected === undefined ? {} : { expected }),
    tags,
    pass,
    score: attempts.reduce((sum, { score }) => sum + score, 0) / attempts.length,
    reason: (settled ? told?.reason : error?.message) ?? "",
    ...(told?.text === undefined ? {} : { answer: told.text }),
    ...(settled || error === undefined ? {} : { error }),
    attempts,
    usage: attempts.map(({ usage }) => usage).reduce(addUsage, NO_USAGE),
  };
}
