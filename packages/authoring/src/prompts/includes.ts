import { type PromptDefinition, parseRef } from "@promptops/core/domain";
import type { Problem } from "../diagnostics/diagnostics.ts";
import type { Included } from "./check-includes.ts";
import { finishPrompt, type ParsedPrompt } from "./parse-prompt.ts";
import { fileOf } from "./prompt-path.ts";

/**
 * Finds a version of a prompt by its ref, `id#version`. Its text is whole: what it includes is in place.
 * `undefined` where there is none.
 */
export type FindDefinition = (ref: string) => Promise<PromptDefinition | undefined>;

/** Where the versions are that texts include. */
export interface IncludeSources {
  /** Reads a version that is among the files at hand. Called again for the same ref, it reads again. */
  parse(ref: string): ParsedPrompt | undefined;
  /** Asked for what is not among them. */
  find: FindDefinition;
  /** What to say of a version that is nowhere. */
  missing(ref: string): Problem;
}

/** Puts included texts in the place of `{{> ref}}`. */
export class Includes {
  readonly #sources: IncludeSources;
  readonly #included = new Map<string, Promise<Included>>();
  /** What each ref at hand includes itself. */
  readonly #edges = new Map<string, readonly string[]>();

  constructor(sources: IncludeSources) {
    this.#sources = sources;
  }

  /** The prompt with its includes in place, and every problem of its file. */
  async finish(parsed: ParsedPrompt): Promise<ParsedPrompt> {
    const { draft, ref } = parsed;
    if (draft === undefined) return parsed;
    const found = new Map<string, Included>();
    for (const include of draft.includes) {
      // What lies on a cycle is never waited for, so that none waits for itself.
      const cycle = ref === undefined ? undefined : this.#cycle(ref, include);
      found.set(include, cycle ? { problem: cycleProblem(cycle) } : await this.#include(include));
    }
    return finishPrompt(parsed, found);
  }

  #include(ref: string): Promise<Included> {
    const known = this.#included.get(ref);
    if (known) return known;
    const included = this.#read(ref);
    this.#included.set(ref, included);
    return included;
  }

  async #read(ref: string): Promise<Included> {
    const parsed = this.#sources.parse(ref);
    if (parsed === undefined) {
      const definition = await this.#sources.find(ref);
      return definition ? usable(ref, definition) : { problem: this.#sources.missing(ref) };
    }
    // A turn of its own for each: a chain of thousands must not fill the stack.
    await Promise.resolve();
    const { definition } = await this.finish(parsed);
    return definition ? usable(ref, definition) : { problem: brokenProblem(ref) };
  }

  /** The shortest way from a ref by way of one it includes back to itself. */
  #cycle(ref: string, include: string): readonly string[] | undefined {
    const cameFrom = new Map<string, string>([[include, ref]]);
    for (const at of cameFrom.keys()) {
      if (at === ref) return wayTo(ref, cameFrom);
      for (const next of this.#includesOf(at)) if (!cameFrom.has(next)) cameFrom.set(next, at);
    }
    return undefined;
  }

  #includesOf(ref: string): readonly string[] {
    const known = this.#edges.get(ref);
    if (known) return known;
    const includes = this.#sources.parse(ref)?.draft?.includes ?? [];
    this.#edges.set(ref, includes);
    return includes;
  }
}

function wayTo(ref: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [ref];
  for (let at = cameFrom.get(ref); at !== undefined && at !== ref; at = cameFrom.get(at)) way.unshift(at);
  return [ref, ...way];
}

function usable(ref: string, definition: PromptDefinition): Included {
  if (definition.template !== undefined) return { definition };
  return {
    problem: {
      code: "include-refused",
      problem: `${ref} holds messages, which cannot be part of a text`,
      expected: "a version that has a template",
    },
  };
}

function cycleProblem(cycle: readonly string[]): Problem {
  return {
    code: "include-cycle",
    problem: `this includes itself: ${cycle.join(" → ")}`,
    expected: "texts that end somewhere",
    hint: "Take one of these includes out.",
  };
}

function brokenProblem(ref: string): Problem {
  const file = fileOf(parseRef(ref).id);
  return {
    code: "include-refused",
    problem: `${ref} has errors of its own`,
    expected: "a version without errors",
    hint: `See what is wrong with it: promptops validate ${file}`,
  };
}
