import type { Source } from "@promptops/core/domain";
import { askGit, askGitLine } from "./git.ts";

/** Settings of the process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The git repository that a folder lies in. */
export interface Repository {
  /** The folder, from the repository's root: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Whether the history ends early, as in a clone with `--depth`. */
  readonly shallow: boolean;
  /** Whether there is a commit at all. */
  readonly hasCommits: boolean;
  /** What is the same for all files. */
  readonly facts: Pick<Source, "repo" | "branch">;
}

/** Hosts that everybody knows by their `owner/name`. */
const WELL_KNOWN = ["github.com", "gitlab.com", "bitbucket.org"];

/** @returns `undefined` outside a git work tree. */
export async function repositoryOf(folder: string, env: Environment): Promise<Repository | undefined> {
  const answers = await askGit(
    folder,
    "rev-parse",
    "--is-inside-work-tree",
    "--is-shallow-repository",
    "--show-prefix",
  );
  const [inside, shallow, ...prefix] = answers?.split("\n") ?? [];
  if (inside !== "true") return undefined;
  const [head, checkedOut, origin] = await Promise.all([
    askGitLine(folder, "rev-parse", "--verify", "--quiet", "HEAD"),
    askGitLine(folder, "symbolic-ref", "--quiet", "--short", "HEAD"),
    askGitLine(folder, "remote", "get-url", "origin"),
  ]);
  const repo = env.GITHUB_REPOSITORY || (origin && repoName(origin));
  const branch = branchOfRun(env) ?? checkedOut;
  return {
    prefix: prefix.join("\n").replace(/\n$/, ""),
    shallow: shallow === "true",
    hasCommits: head !== undefined,
    facts: { ...(repo && { repo }), ...(branch && { branch }) },
  };
}

/** The name of the repository that `root` lies in, and the branch checked out; nothing where there is none. */
export async function readRepository(
  root: string,
  env: Environment = process.env,
): Promise<Pick<Source, "repo" | "branch">> {
  return (await repositoryOf(root, env))?.facts ?? {};
}

/** CI checks out a commit, not a branch, so the run's own settings come first. */
function branchOfRun(env: Environment): string | undefined {
  const name = env.GITHUB_REF_TYPE === "tag" ? undefined : env.GITHUB_REF_NAME;
  return env.GITHUB_HEAD_REF || name || env.CI_COMMIT_REF_NAME || undefined;
}

/** The address of the CI run that this process is part of. */
export function runUrlOf(env: Environment): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repo, GITHUB_RUN_ID: run } = env;
  if (server && repo && run) return `${server}/${repo}/actions/runs/${run}`;
  return env.CI_JOB_URL || env.BUILD_URL || undefined;
}

/**
 * A remote's address as a name: `owner/name` on a well-known host, `host/path` elsewhere; never with credentials.
 * `undefined` for a path on this machine, which names nothing to anybody else.
 */
export function repoName(remote: string): string | undefined {
  const { host, path } = hostAndPath(remote) ?? {};
  const name = path?.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  if (!host || !name) return undefined;
  return WELL_KNOWN.includes(host.toLowerCase()) ? name : `${host.toLowerCase()}/${name}`;
}

function hostAndPath(remote: string): { host: string; path: string } | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(remote)) {
    if (!URL.canParse(remote)) return undefined;
    const { protocol, hostname, pathname } = new URL(remote);
    return protocol === "file:" ? undefined : { host: hostname, path: pathname };
  }
  // The short form of ssh, user@host:path. A single letter before the colon is a Windows drive.
  const [, host, path] = /^(?:[^/@]*@)?([^/:@]{2,}):(.+)$/.exec(remote) ?? [];
  return host && path ? { host, path } : undefined;
}
