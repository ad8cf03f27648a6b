import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import type { Model } from "../domain/suite.ts";

/** Read when the first is asked for, and then kept: the file comes with the program. */
let models: Readonly<Record<string, Model>> | undefined;

/**
 * What is behind a model's logical name: provider, the provider's id, price. As `prompts/models.yaml` has it, in the
 * JSON file that `PROMPTOPS_MODELS` names; `npm run build` and `promptops exec` make that file.
 *
 * @returns undefined when there is no such file, or the name is not in it.
 * @throws UserError `malformed-models` when the file cannot be read.
 */
export function findModel(name: string): Model | undefined {
  models ??= load(modelsIn(process.env));
  return Object.hasOwn(models, name) ? models[name] : undefined;
}

function load(file: string | undefined): Readonly<Record<string, Model>> {
  if (file === undefined) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Model>>;
  } catch (error) {
    throw new UserError(
      "malformed-models",
      `the models in ${file} cannot be read: ${(error as Error).message}`,
      {
        hint: "Make the file again (npm run build), or leave PROMPTOPS_MODELS out.",
        facts: { file },
        cause: error,
      },
    );
  }
}

/** Where a layer puts the models that it ships. */
const LAYER_MODELS = "/opt/promptops/models.json";

/** `PROMPTOPS_MODELS`; in a Lambda function without it, the layer's models, if there are any. */
export function modelsIn({
  PROMPTOPS_MODELS: file,
  LAMBDA_TASK_ROOT: task,
}: Readonly<Record<string, string | undefined>>): string | undefined {
  if (file) return file;
  return task && existsSync(LAYER_MODELS) ? LAYER_MODELS : undefined;
}
