import { resolve } from "node:path";
import { type AuthoredDates, type PromptDefinition, parseRef } from "@promptops/core/domain";
import { byPlace, type Diagnostic, type Problem } from "../diagnostics/diagnostics.ts";
import { loadModels } from "../forms/models.ts";
import { loadSettings } from "../forms/settings.ts";
import { HistoryVersions } from "../git/history-versions.ts";
import { nearest } from "../yaml/suggest.ts";
import { nameDuplicates } from "./check-id.ts";
import { findFiles } from "./files.ts";
import { type FindDefinition, Includes } from "./includes.ts";
import { fileOf, idOf } from "./prompt-path.ts";
import { WorkingTree } from "./working-tree.ts";

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
 * Reads and checks the prompt files below `root/prompts`, and with them `models.yaml` and `settings.yaml`. Texts that
 * are included are in place: each is taken from the file of its prompt where that holds the version, else from git
 * history, else from `findElsewhere`.
 *
 * @param paths files or folders to read instead of all, relative to the working directory or to `root`.
 * @param findElsewhere where to look for included versions last, such as the registry. What it throws is thrown.
 * @throws UserError `no-prompts` when there is no `prompts` folder, or when a path does not exist or is not in it;
 *   `git-failed` when an included version must be looked for in history and git cannot read its own repository.
 *   Nothing that the files hold makes it throw.
 * @example
 * const { prompts, diagnostics } = await loadPrompts(".");
 * if (diagnostics.length > 0) console.error(formatDiagnostics(diagnostics));
 */
export async function loadPrompts(
  root: string,
  paths: readonly string[] = [],
  findElsewhere?: FindDefinition,
): Promise<LoadedPrompts> {
  const folder = resolve(root);
  const found = await findFiles(folder, paths);
  const { models, diagnostics: ofModels } = await loadModels(folder);
  const { diagnostics: ofSettings } = await loadSettings(folder);
  const misnamed = new Set(found.diagnostics.map(({ file }) => file));
  const prompts: Loaded[] = [];
  const diagnostics: Diagnostic[] = [...found.diagnostics, ...ofModels, ...ofSettings];
  const ids = new Map<string, string>();
  const tree = new WorkingTree(folder, models);
  const includes = includesOf(folder, tree, found.files, findElsewhere);
  for (const file of found.files) {
    const { id, definition, dates, diagnostics: problems } = await includes.finish(tree.parse(file));
    if (id !== undefined) ids.set(file, id);
    diagnostics.push(...problems);
    if (definition && !misnamed.has(file)) prompts.push({ file, definition, dates });
  }
  return {
    prompts,
    diagnostics: nameDuplicates(diagnostics, ids).toSorted(byPlace),
  };
}

function includesOf(
  root: string,
  tree: WorkingTree,
  files: readonly string[],
  findElsewhere: FindDefinition | undefined,
): Includes {
  const versions = new HistoryVersions(root);
  return new Includes({
    parse: (ref) => tree.parseRef(ref),
    find: async (ref) => (await versions.find(ref)) ?? findElsewhere?.(ref),
    missing: (ref) => missing(ref, tree, files, versions.shallow),
  });
}

function missing(ref: string, tree: WorkingTree, files: readonly string[], shallow: boolean): Problem {
  const { id } = parseRef(ref);
  const file = fileOf(id);
  const present = tree.parse(file).ref;
  const ids = files.map(idOf).filter((each) => each !== undefined);
  const meant = ids.includes(id) ? undefined : nearest(id, ids);
  const hint = meant
    ? `Did you mean ${tree.parse(fileOf(meant)).ref ?? meant}?`
    : present
      ? `${file} holds ${present}.`
      : `Publish or commit it first, or write ${file}.`;
  return {
    code: "include-missing",
    problem: `there is no ${ref}`,
    expected: "a version that a prompt file, or git history, or the registry holds",
    hint: shallow ? `${hint} This clone is shallow: git fetch --unshallow brings older versions.` : hint,
  };
}
