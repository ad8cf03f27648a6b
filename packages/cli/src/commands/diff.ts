import { formatRef, type PromptDefinition, UserError } from "@promptops/core/domain";
import { createTwoFilesPatch } from "diff";
import { readCandidates } from "../candidates.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { findPrompt } from "../prompt.ts";
import { bodyText, fieldsOf } from "../words/definition.ts";
import { style } from "../words/style.ts";

interface FieldChange {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

export async function diff(context: Context, from: string, to: string): Promise<Outcome> {
  const one = await definitionOf(context, from);
  const other = await definitionOf(context, to);
  const fields = changedFields(one, other);
  const body = bodyPatch(one, other);
  const same = fields.length === 0 && body === "";
  return {
    json: { from: formatRef(one), to: formatRef(other), same, fields, body },
    text: same
      ? `${formatRef(one)} and ${formatRef(other)} say the same.`
      : [
          style.strong(`${formatRef(one)} → ${formatRef(other)}`),
          ...fields.flatMap(fieldLines),
          ...(body === "" ? [] : ["", paint(body)]),
        ].join("\n"),
  };
}

/** A prompt file as it is now, or a published version. */
async function definitionOf(context: Context, typed: string): Promise<PromptDefinition> {
  if (!typed.endsWith(".yaml")) return (await findPrompt(context, typed, "live")).definition;
  const [candidate] = await readCandidates(context, [typed]);
  if (candidate !== undefined) return candidate.definition;
  throw new UserError("no-prompt-in-file", `${typed} holds no prompt`, {
    hint: "Name a file under prompts/, or a version such as customer-support.intent-classifier#1.",
  });
}

function changedFields(one: PromptDefinition, other: PromptDefinition): readonly FieldChange[] {
  const [before, after] = [fieldsOf(one), fieldsOf(other)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((field) => ({ field, from: before.get(field) ?? null, to: after.get(field) ?? null }))
    .filter(({ from, to }) => from !== to);
}

function fieldLines({ field, from, to }: FieldChange): readonly string[] {
  return [
    ...(from === null ? [] : [style.bad(`- ${field}: ${from}`)]),
    ...(to === null ? [] : [style.good(`+ ${field}: ${to}`)]),
  ];
}

/** A unified diff of the two bodies, without its file header; empty when they are the same. */
function bodyPatch(one: PromptDefinition, other: PromptDefinition): string {
  const [before, after] = [bodyText(one), bodyText(other)];
  if (before === after) return "";
  const patch = createTwoFilesPatch(formatRef(one), formatRef(other), before, after, "", "", { context: 3 });
  return patch.slice(patch.indexOf("@@"));
}

function paint(patch: string): string {
  const colour = (line: string) =>
    line.startsWith("+") ? style.good(line) : line.startsWith("-") ? style.bad(line) : line;
  return patch.split("\n").map(colour).join("\n");
}
