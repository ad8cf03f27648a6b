import { randomUUID } from "node:crypto";
import {
  type PromptDefinition,
  placeAfter,
  recordHash,
  recordOf,
  seal,
  type Variable,
} from "@promptops/core/domain";
import { eventToItem, type Ledger, MAX_INSERT, versionToItem } from "@promptops/core/ledger";

const SENTENCE = "Classify what the customer wrote, and answer with one word of the list, in lower case. ";

/** A text of `size` characters with the variables spread over it evenly, each used once. */
function templateOf(size: number, names: readonly string[]): string {
  const stretch = Math.floor(size / (names.length + 1));
  const prose = SENTENCE.repeat(Math.ceil(stretch / SENTENCE.length));
  const parts = names.map((name) => `${prose.slice(0, stretch - name.length - 4)}{{${name}}}`);
  const text = parts.join("");
  return text + prose.slice(0, size - text.length);
}

/** Names of the length that people give. */
export function variableNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `variable_${at}`);
}

/** Values of some twenty characters that differ from one set to the next. */
export function valuesFor(names: readonly string[], set: number): Record<string, string> {
  return Object.fromEntries(names.map((name, at) => [name, `value ${set * 31 + at} of a caller`]));
}

/** The definition of one prompt: 1.5 KB with five variables unless said otherwise. */
export function definitionOf(id: string, size = 1_500, variables = 5): PromptDefinition {
  const names = variableNames(variables);
  const text: Variable = { type: "string", required: true };
  return {
    id,
    version: 1,
    owner: "customer-support-team",
    model: "claude-3-5-sonnet",
    tags: ["classification"],
    variables: Object.fromEntries(names.map((name) => [name, text])),
    template: templateOf(size, names),
  };
}

/** `count` prompts of 1.5 KB. */
export function definitions(count: number): readonly PromptDefinition[] {
  return Array.from({ length: count }, (_, at) => definitionOf(`team-${at % 20}.prompt-${at}`));
}

/** Publishes new prompts, many at once. */
export async function fill(ledger: Ledger, prompts: readonly PromptDefinition[]): Promise<void> {
  const intent = { actor: "bench", reason: "a benchmark" };
  const now = new Date();
  const items = prompts.flatMap((definition) => {
    const { seq, at } = placeAfter(undefined, now);
    const record = recordOf({ definition, source: { author: "bench" } }, seq, at);
    const { version, contentHash } = record;
    const { id, owner } = definition;
    const data = {
      version,
      contentHash,
      itemHash: recordHash(record),
      owner,
      parent: null,
      commit: null,
      gates: [],
    };
    const event = seal(
      id,
      undefined,
      { type: "PromptPublished", data },
      { ...intent, now, eventId: randomUUID() },
    );
    return [versionToItem(record), eventToItem(event)];
  });
  for (let from = 0; from < items.length; from += MAX_INSERT) {
    await ledger.insert(items.slice(from, from + MAX_INSERT));
  }
}
