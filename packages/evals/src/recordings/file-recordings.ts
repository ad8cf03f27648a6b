import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "@promptops/core/domain";
import type { Recording, Recordings } from "./recording.ts";

/** Recordings in files, which knows which of them were used. */
export interface FileRecordings extends Recordings {
  /**
   * The files that were neither read nor written through this object, sorted. After complete runs of all versions
   * that matter (a prompt and its parent), these can be deleted.
   */
  unused(): Promise<readonly string[]>;
}

const ENDING = ".json";

/**
 * The recordings of one prompt, under `folder` where the prompt's file would be under `prompts/`: one file per
 * answer, so that writers and branches never meet in one file and a diff shows which answers changed. A file is
 * written whole or not at all.
 *
 * @example
 * openRecordings("evals/recordings", "customer-support.intent-classifier");
 * // evals/recordings/customer_support/intent_classifier/<key>.json
 */
export function openRecordings(folder: string, promptId: string): FileRecordings {
  const home = join(folder, ...promptId.replaceAll("-", "_").split("."));
  const used = new Set<string>();
  const fileOf = (key: string) => join(home, `${key}${ENDING}`);
  return {
    async read(key) {
      used.add(key);
      const text = await contentOf(fileOf(key));
      return text === undefined ? undefined : parse(fileOf(key), text);
    },
    async write(key, recording) {
      used.add(key);
      await writeWhole(fileOf(key), `${JSON.stringify(recording, undefined, 2)}\n`);
    },
    async unused() {
      const files = (await namesIn(home)).filter((name) => name.endsWith(ENDING));
      return files
        .filter((name) => !used.has(name.slice(0, -ENDING.length)))
        .sort()
        .map((name) => join(home, name));
    },
  };
}

function contentOf(file: string): Promise<string | undefined> {
  return absentAs(undefined, readFile(file, "utf8"));
}

function namesIn(folder: string): Promise<readonly string[]> {
  return absentAs([], readdir(folder));
}

async function absentAs<T>(nothing: T, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing;
    throw error;
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Recordings are in git, where merges and hands can spoil them. */
function parse(file: string, text: string): Recording {
  let value: Partial<Recording> | null;
  try {
    value = JSON.parse(text) as Partial<Recording> | null;
  } catch (error) {
    throw spoilt(file, error);
  }
  const {
    provider,
    model,
    input,
    repeat,
    text: answer,
    inputTokens,
    outputTokens,
    latencyMs,
    warnings,
  } = value ?? {};
  const texts = [provider, model, input, answer].every((part) => typeof part === "string");
  const numbers = [repeat, inputTokens, outputTokens, latencyMs].every((part) => Number.isFinite(part));
  if (!texts || !numbers || !Array.isArray(warnings)) throw spoilt(file);
  return value as Recording;
}

function spoilt(file: string, cause?: unknown): UserError {
  return new UserError("spoilt-recording", `${file} is not a recording`, {
    hint: "Restore it from git, or delete it and record it again with promptops eval --record.",
    facts: { file },
    cause,
  });
}
