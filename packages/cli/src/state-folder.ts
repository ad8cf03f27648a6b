import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The project's folder for what is made here and not kept in git: the embedded ledger, the models as JSON, the lake of events. */
export function stateFolder(root: string): string {
  const folder = join(root, ".promptops");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ".gitignore"), "*\n");
  return folder;
}

/** The project's own lake of events. */
export function lakeFolder(root: string): string {
  return join(stateFolder(root), "lake");
}

/** Where programs put their event lines, from where they are taken into the lake. */
export function spoolFolder(root: string): string {
  return join(lakeFolder(root), "spool");
}
