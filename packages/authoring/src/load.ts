import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AuthoredDates, PromptDefinition } from "@promptops/core/domain";
import { nameDuplicates } from "./check-id.ts";
import { aboutFile, byPlace, type Diagnostic, type Problem } from "./diagnostics.ts";
import { findFiles } from "./files.ts";
import { type ParsedPrompt, parsePrompt } from "./parse-prompt.ts";
import { MAX_FILE_BYTES, tooLarge } from "./source-text.ts";

/** A prompt file that is right. */
export interface Loaded {
  /** Relative to the root, with forward slashes: `prompts/customer_support/intent_classifier.yaml`. */
  readonly file: string;
  readonly definition: PromptDefinition;
  readonly dates: AuthoredDates;
}

export interface LoadedPrompts {
  /** In the order of their files. A file with an error is not among them; one with warnings is. */
  readonly prompts: readonly Loaded[];
  /** Every problem of every file, by file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads and checks the prompt files below `root/prompts`.
 *
 * @param paths files or folders to read instead of all, relative to the working directory or to `root`.
 * @throws UserError `no-prompts` when there is no `prompts` folder, or when a path does not exist or is not in it.
 *   Nothing that the files hold makes it throw.
 * @example
 * const { prompts, diagnostics } = await loadPrompts(".");
 * if (diagnostics.length > 0) console.error(formatDiagnostics(diagnostics));
 */
export async function loadPrompts(root: string, paths: readonly string[] = []): Promise<LoadedPrompts> {
  const folder = resolve(root);
  const found = await findFiles(folder, paths);
  const misnamed = new Set(found.diagnostics.map(({ file }) => file));
  const prompts: Loaded[] = [];
  const diagnostics: Diagnostic[] = [...found.diagnostics];
  const ids = new Map<string, string>();
  for (const file of found.files) {
    const { id, definition, dates, diagnostics: problems } = readPrompt(folder, file);
    if (id !== undefined) ids.set(file, id);
    diagnostics.push(...problems);
    if (definition && !misnamed.has(file)) prompts.push({ file, definition, dates });
  }
  return {
    prompts,
    diagnostics: nameDuplicates(diagnostics, ids).toSorted(byPlace),
  };
}

/**
 * One file is read, parsed and let go before the next. Not asynchronously: parsing is the work, and waiting for a file
 * by way of a promise takes more of it than reading does.
 */
function readPrompt(root: string, file: string): ParsedPrompt {
  const path = join(root, file);
  let bytes: Buffer;
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) return unread(file, tooLarge(size));
    bytes = readFileSync(path);
  } catch (error) {
    return unread(file, { code: "unreadable", problem: `it cannot be read: ${(error as Error).message}` });
  }
  return parsePrompt(file, bytes);
}

function unread(file: string, problem: Problem): ParsedPrompt {
  return { dates: {}, diagnostics: [aboutFile(file, problem)] };
}
