import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The project's folder for what is made here and not kept in git: the embedded ledger, the models as JSON. */
export function stateFolder(root: string): string {
  const folder = join(root, ".promptops");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ".gitignore"), "*\n");
  return folder;
}
