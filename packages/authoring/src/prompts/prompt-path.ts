import { isPromptId } from "@promptops/core/domain";
import type { Problem } from "../diagnostics/diagnostics.ts";

/** The folder, below the root, that holds the prompt files. */
export const PROMPTS_FOLDER = "prompts";

const START = `${PROMPTS_FOLDER}/`;
/** What the models are that prompts name. */
export const MODELS_FILE = `${START}models.yaml`;
/** The project's settings. */
export const SETTINGS_FILE = `${START}settings.yaml`;
const RESERVED = [MODELS_FILE, SETTINGS_FILE];
const STEP = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;

/** The id that a file must hold: folders to dots, underscores to hyphens. `undefined` where the path allows none. */
export function idOf(file: string): string | undefined {
  if (!file.startsWith(START) || !file.endsWith(".yaml")) return undefined;
  const steps = file.slice(START.length, -".yaml".length).split("/");
  if (!steps.every((step) => STEP.test(step))) return undefined;
  const id = steps.join(".").replaceAll("_", "-");
  return isPromptId(id) ? id : undefined;
}

/** The file that a prompt's id belongs in. */
export function fileOf(id: string): string {
  return `${START}${id.replaceAll("-", "_").replaceAll(".", "/")}.yaml`;
}

/** What a file is, going by its name: one to read, one to pass over, or one that should not be there. */
export type FileKind = "wanted" | "ignored" | "stray";

/** What a file below `prompts/` is: hidden files, documentation and the reserved names are passed over without a word. */
export function kindOf(file: string): FileKind {
  if (RESERVED.includes(file) || /\/\./.test(file) || /\.md$/i.test(file)) return "ignored";
  return /\.ya?ml$/i.test(file) ? "wanted" : "stray";
}

/** What is wrong with the path of a prompt file, if anything is. */
export function pathProblem(file: string): Problem | undefined {
  if (idOf(file) !== undefined) return undefined;
  const steps = file
    .slice(START.length)
    .replace(/\.ya?ml$/i, "")
    .split("/")
    .map(asStep);
  const renamed = `${START}${steps.join("/")}.yaml`;
  const rule = "prompts/<domain>/<name>.yaml: lower-case words and digits joined by underscores";
  if (steps.length < 2) {
    return {
      code: "file-name",
      problem: "the file is in no domain's folder",
      expected: rule,
      hint: RESERVED.includes(renamed)
        ? `Rename it to ${renamed}.`
        : `Move it to prompts/<domain>/${steps[0] || "name"}.yaml.`,
    };
  }
  const ending = file.slice(file.lastIndexOf("."));
  return {
    code: "file-name",
    problem:
      ending === ".yaml" ? "the path cannot become a prompt's id" : `the file's name ends in ${ending}`,
    expected: rule,
    hint: idOf(renamed) === undefined ? undefined : `Rename it to ${renamed}.`,
  };
}

function asStep(step: string): string {
  return step
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "");
}
