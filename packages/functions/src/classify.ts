import { type ObservedEvent, type Prompt, ServiceError } from "@promptops/core";
import { answerWith } from "./answer-with.ts";
import { labelsOf } from "./labels.ts";

/** How much of an answer that cannot be used is shown. */
const SHOWN = 100;

/**
 * The label that a prompt has for a message; `told` hears of it and of the tokens.
 *
 * @throws ServiceError `unexpected-answer`: a label that the prompt does not have must not pass for one. The errors of `answerWith`.
 */
export async function classify(prompt: Prompt, message: string, told: ObservedEvent): Promise<string> {
  const { text, inputTokens, outputTokens } = await answerWith(prompt, message);
  if (inputTokens !== undefined) told.input_tokens = inputTokens;
  if (outputTokens !== undefined) told.output_tokens = outputTokens;
  const labels = labelsOf(prompt);
  const label = text.trim().toLowerCase();
  if (!labels.includes(label)) throw unexpected(prompt, text, labels);
  told.label = label;
  return label;
}

function unexpected({ id, version, model }: Prompt, text: string, labels: readonly string[]): ServiceError {
  const answer = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return new ServiceError(
    "unexpected-answer",
    `${model} answered ${JSON.stringify(answer)} to ${id}#${version}, which has the labels ${labels.join(", ")}`,
    { hint: "Look at the prompt: does it say to answer with a label alone?", facts: { id, version, model } },
  );
}
