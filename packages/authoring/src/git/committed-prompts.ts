import type { PromptDefinition } from "@promptops/core/domain";
import { type ParsedPrompt, parsePrompt } from "../prompts/parse-prompt.ts";
import type { ReadBlob } from "./git-blobs.ts";

/** Prompt files as commits hold them. */
export class CommittedPrompts {
  readonly #readBlob: ReadBlob;
  readonly #known = new Map<string, PromptDefinition | undefined>();

  constructor(readBlob: ReadBlob) {
    this.#readBlob = readBlob;
  }

  /** What a file says that has the content of a blob; `undefined` where it has errors. */
  async read(file: string, blob: string): Promise<PromptDefinition | undefined> {
    const key = `${blob} ${file}`;
    if (this.#known.has(key)) return this.#known.get(key);
    const content = await this.#readBlob(blob);
    const definition = Buffer.isBuffer(content) ? writtenIn(parsePrompt(file, content)) : undefined;
    this.#known.set(key, definition);
    return definition;
  }
}

/**
 * A definition as its author wrote it, `{{> ref}}` and all: what is included is an exact version, so two texts that
 * are written alike are alike.
 */
export function writtenIn({ definition, draft }: ParsedPrompt): PromptDefinition | undefined {
  return definition ?? draft?.written;
}
