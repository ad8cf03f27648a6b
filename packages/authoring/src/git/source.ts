import type { Source } from "@promptops/core/domain";
import { PROMPTS_FOLDER } from "../prompts/prompt-path.ts";
import { git } from "./git.ts";
import { type Commit, commitsTouching } from "./git-log.ts";
import { filesAt } from "./git-tree.ts";
import { type Environment, repositoryOf, runUrlOf } from "./repository.ts";

/**
 * Where each of some prompt files came from, by file. A file that is as HEAD has it comes from the commit that gave it
 * this content: its hash, author and time. One that was changed since, or never committed, has none of the three.
 *
 * In a shallow clone the oldest commit there stands for all that came before it. Outside git only `runUrl` is known.
 *
 * @param files as `loadPrompts` names them.
 * @param env where CI systems tell of repository, branch and run.
 */
export async function readSources(
  root: string,
  files: readonly string[],
  env: Environment = process.env,
): Promise<ReadonlyMap<string, Source>> {
  const runUrl = runUrlOf(env);
  const run = runUrl === undefined ? {} : { runUrl };
  const repository = await repositoryOf(root, env);
  if (repository === undefined) return new Map(files.map((file) => [file, run]));
  const { prefix, facts, hasCommits } = repository;
  const commits = hasCommits ? await commitsByPath(root) : new Map<string, Commit>();
  return new Map(
    files.map((file) => {
      const path = `${prefix}${file}`;
      const commit = commits.get(path);
      return [file, { ...facts, ...(commit && madeBy(commit)), path, ...run }];
    }),
  );
}

/** What a commit says of the files it made. */
export function madeBy({
  hash,
  author,
  committedAt,
}: Commit): Pick<Source, "commit" | "author" | "committedAt"> {
  return { commit: hash, author, committedAt };
}

/** For each file that is as HEAD has it, by its path in the repository: the newest commit that gave it that content. */
async function commitsByPath(root: string): Promise<ReadonlyMap<string, Commit>> {
  const [tree, status, log] = await Promise.all([
    filesAt(root, "HEAD", PROMPTS_FOLDER),
    git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no", "--", PROMPTS_FOLDER),
    commitsTouching(root, PROMPTS_FOLDER),
  ]);
  const changed = new Set(status.split("\0").map((entry) => entry.slice(3)));
  const wanted = new Map([...tree].filter(([path]) => !changed.has(path)));
  const found = new Map<string, Commit>();
  // A merge only passes content on, unless it made some that neither branch had.
  for (const commits of [log.filter(({ merge }) => !merge), log]) {
    for (const commit of commits.toReversed()) {
      for (const { path, blob } of commit.changes) {
        if (blob !== undefined && wanted.get(path) === blob && !found.has(path)) found.set(path, commit);
      }
    }
  }
  return found;
}
