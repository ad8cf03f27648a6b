import { lstatSync } from "node:fs";
import { join } from "node:path";
import { git } from "../git/git.ts";
import type { Base } from "../git/git-base.ts";
import { filesAt } from "../git/git-tree.ts";
import { idOf, kindOf, PROMPTS_FOLDER } from "../prompts/prompt-path.ts";

/** A prompt file that a commit holds. */
interface CommittedFile {
  /** Relative to the root. */
  readonly file: string;
  readonly blob: string;
}

/** How the working tree differs from the commit where it left the base. */
export interface Changes {
  /** Files that the commit does not have. */
  readonly added: readonly string[];
  /** Files that are there and not as the commit has them: as it has them. */
  readonly changed: readonly CommittedFile[];
  /** Files that are no longer there. */
  readonly gone: readonly CommittedFile[];
}

/** @param files the prompt files to compare, relative to the root. */
export async function changesSince(
  root: string,
  { fork, prefix }: Base,
  files: readonly string[],
): Promise<Changes> {
  const [tree, differing] = await Promise.all([
    filesAt(root, fork, PROMPTS_FOLDER),
    git(root, "diff", "--name-only", "-z", "--no-renames", "--no-relative", fork, "--", PROMPTS_FOLDER),
  ]);
  const blobs = new Map([...tree].map(([path, blob]) => [path.slice(prefix.length), blob]));
  const differ = new Set(differing.split("\0").map((path) => path.slice(prefix.length)));
  const changed = files.flatMap((file) => {
    const blob = blobs.get(file);
    return blob !== undefined && differ.has(file) ? [{ file, blob }] : [];
  });
  const gone = [...blobs]
    .filter(([file]) => kindOf(file) === "wanted" && idOf(file) !== undefined && !isThere(root, file))
    .map(([file, blob]) => ({ file, blob }));
  return { added: files.filter((file) => !blobs.has(file)), changed, gone };
}

function isThere(root: string, file: string): boolean {
  return lstatSync(join(root, file), { throwIfNoEntry: false }) !== undefined;
}
