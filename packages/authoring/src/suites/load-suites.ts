import { lstatSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Suite } from "@promptops/core/domain";
import { aboutFile, byPlace, type Diagnostic, diagnostic } from "../diagnostics/diagnostics.ts";
import { Walk } from "../prompts/walk.ts";
import { MEBIBYTE, tooLarge } from "../yaml/source-text.ts";
import { type ParsedSuite, parseSuite } from "./parse-suite.ts";
import { SUITES_FOLDER, suiteKindOf, suitePathProblem } from "./suite-path.ts";

/** The largest suite that is read, in bytes: some 50,000 cases. */
const MAX_SUITE_BYTES = 5 * MEBIBYTE;

/** A suite file that is right. */
export interface LoadedSuite {
  /** Relative to the root, with forward slashes: `evals/customer_support/intent_classifier.yaml`. */
  readonly file: string;
  readonly suite: Suite;
}

export interface LoadedSuites {
  /** In the order of their files; one for a prompt at most. */
  readonly suites: readonly LoadedSuite[];
  /** Every problem of every file, by file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads and checks the suites below `root/evals`, if there is such a folder. Nothing that the files hold makes it throw.
 *
 * @param promptIds the prompts whose suites are wanted, instead of all. Files that name none are told of all the same.
 * @example
 * const { suites } = await loadSuites(".", ["customer-support.intent-classifier"]);
 */
export async function loadSuites(root: string, promptIds: readonly string[] = []): Promise<LoadedSuites> {
  const folder = resolve(root);
  const walk = new Walk(folder, {
    called: "a suite",
    kindOf: suiteKindOf,
    pathProblem: suitePathProblem,
  });
  const top = lstatSync(join(folder, SUITES_FOLDER), { throwIfNoEntry: false });
  if (top) await walk.visit(SUITES_FOLDER, top);
  const wanted = new Set(promptIds);
  const suites: LoadedSuite[] = [];
  const diagnostics = [...walk.diagnostics.values()];
  const fileByPrompt = new Map<string, string>();
  for (const file of [...walk.files].toSorted()) {
    const { suite, prompt, diagnostics: problems } = readSuite(folder, file);
    if (prompt && wanted.size > 0 && !wanted.has(prompt.id)) continue;
    diagnostics.push(...problems);
    const other = prompt && fileByPrompt.get(prompt.id);
    if (prompt && other !== undefined) {
      diagnostics.push(
        diagnostic(prompt.place, {
          code: "duplicate-suite",
          problem: `${other} is a suite for "${prompt.id}" too`,
          expected: "one suite for one prompt",
          hint: "Move the cases into one of the two files.",
        }),
      );
      continue;
    }
    if (prompt) fileByPrompt.set(prompt.id, file);
    if (suite && !walk.diagnostics.has(file)) suites.push({ file, suite });
  }
  return { suites, diagnostics: diagnostics.toSorted(byPlace) };
}

function readSuite(root: string, file: string): ParsedSuite {
  const path = join(root, file);
  try {
    const { size } = statSync(path);
    if (size > MAX_SUITE_BYTES) return { diagnostics: [aboutFile(file, tooLarge(size, MAX_SUITE_BYTES))] };
    return parseSuite(file, readFileSync(path));
  } catch (error) {
    const problem = `it cannot be read: ${(error as Error).message}`;
    return { diagnostics: [aboutFile(file, { code: "unreadable", problem })] };
  }
}
