import { git } from "./git.ts";

/**
 * The plain files below a folder in a commit: by path from the repository's root, the hash of the content.
 *
 * @param below a folder, relative to `folder`.
 */
export async function filesAt(
  folder: string,
  commit: string,
  below: string,
): Promise<ReadonlyMap<string, string>> {
  const printed = await git(folder, "ls-tree", "-r", "-z", "--full-name", commit, "--", below);
  const files = new Map<string, string>();
  for (const entry of printed.split("\0")) {
    const [, blob = "", path = ""] = /^100\d+ blob (\w+)\t(.*)$/s.exec(entry) ?? [];
    if (path !== "") files.set(path, blob);
  }
  return files;
}
