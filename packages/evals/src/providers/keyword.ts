import { type Keywords, UserError } from "@promptops/core/domain";
import type { Answer } from "@promptops/models";
import type { Provider } from "./provider.ts";

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** A keyword, found by its first word: which label it speaks for and the words that must follow. */
interface Entry {
  readonly keyword: number;
  readonly label: number;
  readonly rest: readonly string[];
}

/**
 * A stand-in for a model, where there is none to call: answers with the label that has the most keywords in the
 * case's input, the first of them on a tie, and `fallback` when there is none. Keywords are whole words or phrases;
 * letter case and punctuation do not count. It does not read the prompt.
 *
 * @throws UserError `bad-keyword` when a keyword has neither letter nor digit.
 */
export function keywordProvider({ labels, fallback }: Keywords): Provider {
  const names = Object.keys(labels);
  const index = indexOf(names.map((name) => labels[name] ?? []));
  return {
    name: "keyword",
    model: "keyword",
    mode: "stand-in",
    priced: true,
    async ask({ input }) {
      return answer(names[winner(hitsIn(wordsOf(input), index, names.length))] ?? fallback);
    },
  };
}

function answer(text: string): Answer {
  return { text, inputTokens: 0, outputTokens: 0, costUsd: 0, latencyMs: 0, warnings: [] };
}

function wordsOf(text: string): readonly string[] {
  return text.normalize("NFC").toLowerCase().match(WORD) ?? [];
}

function indexOf(labels: readonly (readonly string[])[]): ReadonlyMap<string, readonly Entry[]> {
  const index = new Map<string, Entry[]>();
  let keyword = 0;
  for (const [label, keywords] of labels.entries()) {
    for (const phrase of new Set(keywords.map((written) => phraseOf(written)))) {
      const [first = "", ...rest] = phrase.split(" ");
      const entries = index.get(first) ?? [];
      entries.push({ keyword: keyword++, label, rest });
      index.set(first, entries);
    }
  }
  return index;
}

function phraseOf(written: string): string {
  const words = wordsOf(written);
  if (words.length > 0) return words.join(" ");
  throw new UserError("bad-keyword", `the keyword "${written}" has neither letter nor digit`, {
    hint: "Keywords are words or phrases; punctuation in them does not count.",
  });
}

/** How many keywords of each label are in the words; a keyword that is there twice counts once. */
function hitsIn(
  words: readonly string[],
  index: ReadonlyMap<string, readonly Entry[]>,
  labels: number,
): readonly number[] {
  const hits = new Array<number>(labels).fill(0);
  const found = new Set<number>();
  for (const [at, word] of words.entries()) {
    for (const { keyword, label, rest } of index.get(word) ?? []) {
      if (found.has(keyword) || !rest.every((next, step) => words[at + 1 + step] === next)) continue;
      found.add(keyword);
      hits[label] = (hits[label] ?? 0) + 1;
    }
  }
  return hits;
}

/** The first place with the most hits, or -1 when there are none. */
function winner(hits: readonly number[]): number {
  let best = -1;
  for (const [label, count] of hits.entries()) {
    if (count > (hits[best] ?? 0)) best = label;
  }
  return best;
}
