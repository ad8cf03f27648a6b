import { readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Model, parseRef } from "@promptops/core/domain";
import { aboutFile, type Problem } from "../diagnostics/diagnostics.ts";
import { tooLarge } from "../yaml/source-text.ts";
import { MAX_PROMPT_BYTES, type ParsedPrompt, parsePrompt } from "./parse-prompt.ts";
import { fileOf } from "./prompt-path.ts";

/** The prompt files as they are on disk, each parsed once, unless it includes others: then it is not kept. */
export class WorkingTree {
  readonly #root: string;
  readonly #models: ReadonlyMap<string, Model> | undefined;
  readonly #parsed = new Map<string, ParsedPrompt>();

  /** @param models those that prompts may name; any where absent. */
  constructor(root: string, models: ReadonlyMap<string, Model> | undefined) {
    this.#root = root;
    this.#models = models;
  }

  parse(file: string): ParsedPrompt {
    const known = this.#parsed.get(file);
    if (known) return known;
    const parsed = this.#read(file);
    if (parsed.draft === undefined) this.#parsed.set(file, parsed);
    return parsed;
  }

  /** The file of a version, if it holds that version. */
  parseRef(ref: string): ParsedPrompt | undefined {
    const file = fileOf(parseRef(ref).id);
    if (!this.#parsed.has(file) && !this.#holds(file)) return undefined;
    const parsed = this.parse(file);
    return parsed.ref === ref ? parsed : undefined;
  }

  /** Whether there is such a file, in no place that a link leads to. */
  #holds(file: string): boolean {
    try {
      return realpathSync(join(this.#root, file)) === join(realpathSync(this.#root), file);
    } catch {
      return false;
    }
  }

  /**
   * Not asynchronously: parsing is the work, and waiting for a file by way of a promise takes more of it than reading
   * does.
   */
  #read(file: string): ParsedPrompt {
    const path = join(this.#root, file);
    let bytes: Buffer;
    try {
      const { size } = statSync(path);
      if (size > MAX_PROMPT_BYTES) return unread(file, tooLarge(size, MAX_PROMPT_BYTES));
      bytes = readFileSync(path);
    } catch (error) {
      return unread(file, { code: "unreadable", problem: `it cannot be read: ${(error as Error).message}` });
    }
    return parsePrompt(file, bytes, this.#models);
  }
}

function unread(file: string, problem: Problem): ParsedPrompt {
  return { dates: {}, diagnostics: [aboutFile(file, problem)] };
}
