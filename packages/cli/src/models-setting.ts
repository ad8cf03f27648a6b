import { randomUUID } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadModels, modelsJson } from "@promptops/authoring";
import type { Model } from "@promptops/core/domain";
import { stateFolder } from "./state-folder.ts";

/**
 * The setting with which a program knows what `prompts/models.yaml` says. It is left out where there is no such file,
 * and, with a word on stderr, where the file has an error: that is for `validate` to refuse, and most programs do
 * without.
 */
export async function modelsSetting(root: string): Promise<{ readonly PROMPTOPS_MODELS?: string }> {
  const { models, diagnostics } = await loadModels(root);
  const wrong = diagnostics.find(({ severity }) => severity === "error");
  if (wrong !== undefined) leaveOut(`${wrong.problem} (see promptops validate)`);
  if (models === undefined) return {};
  try {
    return { PROMPTOPS_MODELS: write(root, models) };
  } catch (error) {
    leaveOut((error as Error).message);
    return {};
  }
}

function write(root: string, models: ReadonlyMap<string, Model>): string {
  const file = join(stateFolder(root), "models.json");
  // Put in place whole: another program may be reading it.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, modelsJson(models));
  renameSync(draft, file);
  return file;
}

function leaveOut(why: string): void {
  process.stderr.write(`prompts/models.yaml is left out: ${why}\n`);
}
