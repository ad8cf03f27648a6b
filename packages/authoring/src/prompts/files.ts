import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { UserError } from "@promptops/core/domain";
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import { kindOf, PROMPTS_FOLDER, pathProblem } from "./prompt-path.ts";
import { Walk } from "./walk.ts";

interface Found {
  /** Relative to the root, with forward slashes, in order. */
  readonly files: readonly string[];
  /** About names and links; what is in the files is another matter. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Finds the prompt files below `root/prompts`, or below those `paths` that are given. Symbolic links are not followed:
 * git keeps the link and not what it leads to, which may be anywhere.
 *
 * @throws UserError `no-prompts` when there is no such folder, or no such path in it.
 */
export async function findFiles(root: string, paths: readonly string[]): Promise<Found> {
  const top = await lstat(join(root, PROMPTS_FOLDER)).catch(() => undefined);
  if (!top?.isDirectory()) {
    throw new UserError("no-prompts", `there is no folder ${PROMPTS_FOLDER} in ${root}`, {
      hint: `Run this where ${PROMPTS_FOLDER}/ is, or make ${PROMPTS_FOLDER}/<domain>/<name>.yaml.`,
    });
  }
  const walk = new Walk(root, { called: "a prompt file", kindOf, pathProblem });
  for (const path of paths.length === 0 ? [root] : paths) {
    const start = await locate(root, path);
    await walk.visit(start, await lstat(join(root, start)));
  }
  return { files: [...walk.files].toSorted(), diagnostics: [...walk.diagnostics.values()] };
}

/** A path as a user names it, from where the user is or from the root, as a path from the root. */
async function locate(root: string, path: string): Promise<string> {
  const folder = await realpath(root);
  let exists = false;
  for (const candidate of [resolve(path), resolve(root, path)]) {
    if ((await lstat(candidate).catch(() => undefined)) === undefined) continue;
    exists = true;
    // Links on the way there are resolved; what is named may be a link itself, and is told of later.
    const actual = join(await realpath(dirname(candidate)), basename(candidate));
    const found = relative(folder, actual).split(sep).join("/");
    if (found === "" || actual === root) return PROMPTS_FOLDER;
    if (found === PROMPTS_FOLDER || found.startsWith(`${PROMPTS_FOLDER}/`)) return found;
  }
  throw new UserError("no-prompts", exists ? `${path} is not in ${PROMPTS_FOLDER}/` : `there is no ${path}`, {
    hint: `Name files or folders in ${join(root, PROMPTS_FOLDER)}.`,
  });
}
