import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isPromptOpsError, UserError } from "@promptops/core/domain";

const run = promisify(execFile);

/** A walk over a long history prints much; it is bounded by what git prints about `prompts/` alone. */
const MAX_OUTPUT_BYTES = 1_073_741_824;

/** Set by git for its hooks. They would make every call answer for the hook's repository, not for the folder named. */
const OF_A_HOOK = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_PREFIX",
  "GIT_COMMON_DIR",
  "GIT_OBJECT_DIRECTORY",
];

/** The environment to run git in: messages in English, no locks taken, no questions asked. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_A_HOOK.includes(name)));
  return { ...env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
}

/**
 * What a git command prints, run in `folder`.
 *
 * @throws UserError `git-failed` when it fails, `git-refused` when git does not trust the repository's owner.
 */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("git", ["-C", folder, "--literal-pathspecs", ...args], {
      env: gitEnvironment(),
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  } catch (error) {
    throw gitError(folder, args[0] ?? "", error);
  }
}

/**
 * The same for a question that git may answer with no: `undefined` where there is no repository, no such setting, or
 * no git at all.
 *
 * @throws UserError `git-refused` as above: it must not pass for "no repository".
 */
export async function askGit(folder: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    return await git(folder, ...args);
  } catch (error) {
    if (isPromptOpsError(error) && error.code === "git-failed") return undefined;
    throw error;
  }
}

/** The first line that git answers. */
export async function askGitLine(folder: string, ...args: readonly string[]): Promise<string | undefined> {
  return (await askGit(folder, ...args))?.split("\n", 1)[0] || undefined;
}

function gitError(folder: string, command: string, cause: unknown): UserError {
  const { code, stderr = "" } = cause as { code?: unknown; stderr?: string };
  if (stderr.includes("dubious ownership")) {
    return new UserError("git-refused", `git does not trust the owner of ${folder}`, {
      hint: `If you do: git config --global --add safe.directory ${folder}`,
      cause,
    });
  }
  const reason = code === "ENOENT" ? "it is not installed" : stderr.trim() || (cause as Error).message;
  return new UserError("git-failed", `git ${command} failed in ${folder}: ${reason}`, { cause });
}

/** Who works here, as `Name <email>` from git's settings; `undefined` where either is not set. */
export async function gitUser(folder: string): Promise<string | undefined> {
  const [name, email] = await Promise.all([
    askGitLine(folder, "config", "--get", "user.name"),
    askGitLine(folder, "config", "--get", "user.email"),
  ]);
  return name !== undefined && email !== undefined ? `${name} <${email}>` : undefined;
}
