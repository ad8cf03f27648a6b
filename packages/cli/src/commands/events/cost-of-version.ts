import { loadModels } from "@promptops/authoring";
import {
  costOf,
  formatRef,
  openRecord,
  type PromptDefinition,
  UserError,
  versionNotFound,
} from "@promptops/core/domain";
import { type Ledger, readVersion } from "@promptops/core/ledger";
import type { Row } from "@promptops/events/queries";
import type { Context } from "../../context.ts";
import { completeRef } from "../../ids.ts";
import type { Outcome } from "../../outcome.ts";
import { bodyText } from "../../words/definition.ts";
import { dollars, number } from "../../words/figures.ts";
import { type AskOptions, answer, noEvents, numberIn, withEvents } from "./ask.ts";

/** About how many characters of English text a token is. */
const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a call, and where these figures come from. */
interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly basis: "seen" | "estimated";
}

/**
 * What a version would have cost, had it answered all calls of its prompt that ended well since a time: with its own tokens where it has
 * been called, else with those of the versions that were, and its text's length in place of theirs.
 */
export async function costOfVersion(context: Context, typed: string, options: AskOptions): Promise<Outcome> {
  const { id, version } = await completeRef(context, typed);
  const ledger = await context.ledger();
  if (version === undefined) {
    throw new UserError("no-version-named", `"${typed}" names no version`, {
      hint: `Write which version: promptops events cost --if ${id}#2`,
    });
  }
  const definition = await definitionOf(ledger, id, version);
  const { models } = await loadModels(context.root());
  const model = models?.get(definition.model);
  if (model?.price === undefined) {
    throw new UserError("no-price", `the model ${definition.model} has no price`, {
      hint: "Give it one in prompts/models.yaml: price: { input: 3, output: 15 }",
      facts: { model: definition.model },
    });
  }
  const { since } = options;
  const { rows } = await withEvents(context, ({ runner }) => runner.ask("cost", { since, promptId: id }));
  const ref = formatRef({ id, version });
  const calls = total(rows, "completed");
  const tokens = await tokensOf(ledger, definition, rows);
  const seen = total(rows, "cost_usd");
  const unpriced = total(rows, "unpriced");
  const cost_usd = tokens === undefined ? null : (costOf(model, tokens.input, tokens.output) ?? 0) * calls;
  const figures = {
    ref,
    model: definition.model,
    calls,
    tokens: tokens ?? null,
    cost_usd,
    seen_cost_usd: seen,
    unpriced,
  };
  return answer(options, {
    json: { since, ...figures },
    columns: [
      "ref",
      "model",
      "calls",
      "input_tokens",
      "output_tokens",
      "basis",
      "cost_usd",
      "seen_cost_usd",
      "unpriced",
    ],
    rows: [{ ...figures, input_tokens: tokens?.input, output_tokens: tokens?.output, basis: tokens?.basis }],
    text: words(figures, tokens, noEvents(options, ` of ${id} that count tokens`)),
  });
}

async function definitionOf(ledger: Ledger, id: string, version: number): Promise<PromptDefinition> {
  const record = await readVersion(ledger, { id, version });
  if (record === undefined) throw versionNotFound({ id, version });
  return openRecord(record);
}

const total = (rows: readonly Row[], name: string) =>
  rows.reduce((sum, row) => sum + (numberIn(row[name]) ?? 0), 0);

async function tokensOf(
  ledger: Ledger,
  definition: PromptDefinition,
  rows: readonly Row[],
): Promise<Tokens | undefined> {
  const counted = rows.filter((row) => (numberIn(row.counted) ?? 0) > 0);
  const own = counted.filter(({ prompt_version: version }) => version === definition.version);
  const of = own.length > 0 ? own : counted;
  const calls = total(of, "counted");
  if (calls === 0) return undefined;
  const input = total(of, "input_tokens") / calls;
  const output = total(of, "output_tokens") / calls;
  if (own.length > 0) return { input, output, basis: "seen" };
  let characters = 0;
  for (const row of of) {
    const other = await definitionOf(ledger, definition.id, Number(row.prompt_version));
    characters += (bodyText(other).length * (numberIn(row.counted) ?? 0)) / calls;
  }
  const more = (bodyText(definition).length - characters) / CHARACTERS_PER_TOKEN;
  return { input: Math.max(0, input + more), output, basis: "estimated" };
}

interface Figures {
  readonly ref: string;
  readonly model: string;
  readonly calls: number;
  readonly cost_usd: number | null;
  readonly seen_cost_usd: number;
  readonly unpriced: number;
}

function words(figures: Figures, tokens: Tokens | undefined, none: string): string {
  if (tokens === undefined) return none;
  const { ref, model, calls, cost_usd: usd, seen_cost_usd: seen, unpriced } = figures;
  const basis =
    tokens.basis === "seen"
      ? `as its own calls have shown`
      : `as other versions' calls have shown, and ${CHARACTERS_PER_TOKEN} characters of its text to a token`;
  const known = unpriced === 0 ? "" : ` (the cost of ${number(unpriced)} of them is not known)`;
  return [
    `${ref} would have cost ${dollars(usd)} for ${number(calls)} calls that ended well; they cost ${dollars(seen)}${known}.`,
    `  ${model}, with ${number(tokens.input)} tokens in and ${number(tokens.output)} out a call: ${basis}`,
  ].join("\n");
}
