import { resolve } from "node:path";
import { formatRef, type PromptDefinition, parseRef } from "@promptops/core/domain";
import { aboutFile, byPlace, type Diagnostic, diagnostic, type Problem } from "../diagnostics/diagnostics.ts";
import { fieldPlace } from "../forms/field-place.ts";
import { CommittedPrompts, writtenIn } from "../git/committed-prompts.ts";
import { type Base, findBase } from "../git/git-base.ts";
import { withBlobs } from "../git/git-blobs.ts";
import type { Loaded } from "../prompts/load.ts";
import { MAX_PROMPT_BYTES } from "../prompts/parse-prompt.ts";
import { fileOf, idOf } from "../prompts/prompt-path.ts";
import { WorkingTree } from "../prompts/working-tree.ts";
import { type Changes, changesSince } from "./base-changes.ts";
import { pastVersions } from "./past-versions.ts";
import { renamesAmong } from "./renames.ts";
import { versionProblem } from "./version-rules.ts";

/** A prompt file as it is now and as the base has it. */
interface Compared {
  readonly file: string;
  readonly now: PromptDefinition;
  readonly before: PromptDefinition | undefined;
}

/**
 * Compares prompt files with those of the commit where HEAD left `base`, committed or not: what changed needs a new
 * version with a parent; ids stay. Comments, dates and layout do not count as changes.
 *
 * @param prompts what `loadPrompts` found. Files with errors are passed over: their errors come first.
 * @param base a branch, tag or commit, such as `origin/main`.
 * @returns what breaks a rule, by place; as warnings, the prompts that will be retired since their files are gone.
 * @throws UserError `no-git` outside a git work tree, `no-base` when there is no such commit here, or none that HEAD
 *   has in common with it.
 */
export async function checkAgainstBase(
  root: string,
  prompts: readonly Loaded[],
  base: string,
): Promise<readonly Diagnostic[]> {
  const folder = resolve(root);
  const found = await findBase(folder, base);
  const files = prompts.map(({ file }) => file);
  const changes = await changesSince(folder, found, files);
  const diagnostics = await withBlobs(folder, MAX_PROMPT_BYTES, async (read) =>
    new Comparison(folder, found, new CommittedPrompts(read)).diagnostics(changes),
  );
  return diagnostics.toSorted(byPlace);
}

class Comparison {
  readonly #root: string;
  readonly #base: Base;
  readonly #committed: CommittedPrompts;
  readonly #tree: WorkingTree;

  constructor(root: string, base: Base, committed: CommittedPrompts) {
    this.#root = root;
    this.#base = base;
    this.#committed = committed;
    this.#tree = new WorkingTree(root, undefined);
  }

  async diagnostics(changes: Changes): Promise<readonly Diagnostic[]> {
    const compared = await this.#compare(changes);
    const gone: PromptDefinition[] = [];
    for (const { file, blob } of changes.gone) {
      const definition = await this.#committed.read(file, blob);
      if (definition) gone.push(definition);
    }
    const ids = compared.flatMap(({ now: { id, parent } }) => [id, ...(parent ? [parseRef(parent).id] : [])]);
    const past = await pastVersions(this.#root, this.#base, new Set(ids), this.#committed);
    const isNew = ({ now, before }: Compared) => before === undefined && past.highest(now.id) === 0;
    const renames = renamesAmong(
      compared.filter(isNew).map(({ now }) => now),
      gone.filter(({ id }) => !compared.some(({ now }) => now.parent?.startsWith(`${id}#`))),
    );
    const renamed = new Set([...renames.values()].map(({ id }) => id));
    const isAtHand = (ref: string) => this.#tree.parseRef(ref) !== undefined;
    const { name: base, shallow } = this.#base;
    return [
      ...compared.flatMap(({ file, now, before }) => {
        const former = renames.get(now);
        if (former) return [this.#at(file, "id", renameProblem(former))];
        const problem = versionProblem({ now, before, base, past, isAtHand, shallow });
        return problem ? [this.#at(file, problem.field, problem.problem)] : [];
      }),
      ...changes.gone
        .filter(({ file }) => !renamed.has(idOf(file) ?? ""))
        .map(({ file }) => aboutFile(file, goneProblem(file, this.#base))),
    ];
  }

  async #compare({ added, changed }: Changes): Promise<readonly Compared[]> {
    const compared: Compared[] = [];
    for (const file of added) {
      const now = writtenIn(this.#tree.parse(file));
      if (now) compared.push({ file, now, before: undefined });
    }
    for (const { file, blob } of changed) {
      const now = writtenIn(this.#tree.parse(file));
      if (now) compared.push({ file, now, before: await this.#committed.read(file, blob) });
    }
    return compared;
  }

  #at(file: string, field: string, problem: Problem): Diagnostic {
    return diagnostic(fieldPlace(this.#root, file, field), problem);
  }
}

function renameProblem(former: PromptDefinition): Problem {
  return {
    code: "id-changed",
    problem: `this seems to be ${former.id} under another name: its file ${fileOf(former.id)} is gone`,
    expected: "the id that the prompt has always had: callers ask for it, and its history hangs on it",
    hint: `Move it back to ${fileOf(former.id)} with id: ${former.id}. For a fork write parent: ${formatRef(former)}; ${former.id} will then be retired.`,
  };
}

function goneProblem(file: string, { name, fork }: Base): Problem {
  return {
    code: "prompt-removed",
    severity: "warning",
    problem: `the file is in ${name} and no longer here: ${idOf(file)} will be retired`,
    hint: `If that is not what you want: git checkout ${fork.slice(0, 12)} -- ${file}`,
  };
}
