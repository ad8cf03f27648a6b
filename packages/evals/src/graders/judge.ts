import {
  formatRef,
  type JsonValue,
  type Message,
  type PromptDefinition,
  render,
  UserError,
} from "@promptops/core/domain";
import type { Answer } from "@promptops/models";
import { oneLine } from "../one-line.ts";
import { type Provider, usageOf } from "../providers/provider.ts";
import type { Grade, Grader } from "./grader.ts";
import { quoted } from "./grader.ts";
import { jsonIn } from "./json-in.ts";

/** The prompt that judges, and what answers it. */
export interface Judge {
  /** Declares the variable `answer`, and `input` and `expected` where it wants them. */
  readonly definition: PromptDefinition;
  readonly provider: Provider;
}

/**
 * A model scores the answer: it gets the judging prompt, and answers JSON `{"score": 0 to 1, "reason": "…"}`.
 *
 * @param pinned the judging prompt that the suite names, as `id#version`.
 * @throws UserError `no-judge`, `other-judge` or `blind-judge`. A judgement throws what the provider throws; an answer
 *   of the judge that is not in that form fails the case.
 */
export function judge(pinned: string, atLeast: number, given: Judge | undefined): Grader {
  const { definition, provider } = required(pinned, given);
  return (expected, input) => async (answer, signal) => {
    const values = { answer, input, expected: textOf(expected) };
    const question = {
      messages: messagesOf(definition, values),
      parameters: definition.parameters ?? {},
      input,
      repeat: 0,
    };
    const verdict = await provider.ask(question, signal);
    return { ...gradeFrom(verdict, pinned, atLeast), usage: usageOf(provider, verdict) };
  };
}

function required(pinned: string, given: Judge | undefined): Judge {
  if (given === undefined) {
    throw new UserError("no-judge", `the suite is judged by ${pinned}, which is not at hand`, {
      hint: `Publish ${pinned} first: promptops sync`,
    });
  }
  const ref = formatRef(given.definition);
  if (ref !== pinned) {
    throw new UserError("other-judge", `the suite is judged by ${pinned}, not by ${ref}`);
  }
  if (!Object.hasOwn(given.definition.variables ?? {}, "answer")) {
    throw new UserError("blind-judge", `${pinned} cannot judge: it declares no variable "answer"`, {
      hint: "A judging prompt declares answer, and input and expected where it wants them, and uses them.",
    });
  }
  return given;
}

function textOf(expected: JsonValue | undefined): string {
  if (expected === undefined) return "";
  return typeof expected === "string" ? expected : JSON.stringify(expected);
}

function messagesOf(
  definition: PromptDefinition,
  values: Readonly<Record<string, string>>,
): readonly Message[] {
  const declared = definition.variables ?? {};
  const taken = Object.entries(values).filter(([name]) => Object.hasOwn(declared, name));
  const rendered = render(definition, Object.fromEntries(taken));
  return rendered.messages ?? [{ role: "user", content: rendered.text }];
}

function gradeFrom({ text }: Answer, pinned: string, atLeast: number): Grade {
  const { score, reason } = (jsonIn(text)?.value ?? {}) as { score?: unknown; reason?: unknown };
  if (typeof score !== "number" || !(score >= 0 && score <= 1)) {
    return {
      pass: false,
      score: 0,
      reason: `${pinned} answered no {"score": 0 to 1, "reason": "…"}, but ${quoted(text)}`,
    };
  }
  const said = typeof reason === "string" && reason.trim() !== "" ? `: ${oneLine(reason, 300)}` : "";
  return { pass: score >= atLeast, score, reason: `scored ${score}, at least ${atLeast} is asked${said}` };
}
