import { UserError } from "@promptops/core/domain";
import { askGitLine } from "./git.ts";
import { repositoryOf } from "./repository.ts";

/** What the working tree is compared with. */
export interface Base {
  /** As the user named it. */
  readonly name: string;
  /** The commit that it names. */
  readonly tip: string;
  /** The commit where HEAD left it. */
  readonly fork: string;
  /** The root, from the repository's root: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Whether the history ends early. */
  readonly shallow: boolean;
}

/**
 * Finds a git ref and the commit that HEAD has in common with it.
 *
 * @throws UserError `no-git` outside a git work tree, `no-base` when there is no such commit, or none in common.
 */
export async function findBase(root: string, name: string): Promise<Base> {
  const repository = await repositoryOf(root, {});
  if (repository === undefined) {
    throw new UserError("no-git", `${root} is in no git repository`, {
      hint: `Without git there is nothing to compare with: leave out --base ${name}.`,
    });
  }
  const { prefix, shallow } = repository;
  const tip = await askGitLine(
    root,
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${name}^{commit}`,
  );
  if (tip === undefined) {
    throw new UserError("no-base", `git knows no commit by the name ${name}`, {
      hint: shallow ? WHOLE : fetchHint(name),
    });
  }
  const fork = await askGitLine(root, "merge-base", "HEAD", tip);
  if (fork === undefined) {
    throw new UserError("no-base", `HEAD and ${name} have no commit in common here`, {
      hint: shallow ? WHOLE : "Name the branch that this one is to be merged into.",
    });
  }
  return { name, tip, fork, prefix, shallow };
}

const WHOLE =
  "This clone is shallow: git fetch --unshallow, or fetch-depth: 0 where a workflow checks it out.";

function fetchHint(name: string): string {
  const [, remote = "origin", branch = name] = /^(origin|upstream)\/(.+)$/.exec(name) ?? [];
  return `Fetch it first: git fetch ${remote} ${branch}`;
}
