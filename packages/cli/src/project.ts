import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "@promptops/core/domain";

/**
 * The nearest folder from `start` upwards that has a `prompts` folder.
 *
 * @throws UserError `no-prompts` when there is none.
 */
export function findRoot(start: string): string {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (statSync(join(folder, "prompts"), { throwIfNoEntry: false })?.isDirectory()) return folder;
    if (dirname(folder) === folder) break;
  }
  throw new UserError("no-prompts", `there is no prompts folder in ${start} or above it`, {
    hint: "Go to your project, or make prompts/<domain>/<name>.yaml there.",
  });
}
