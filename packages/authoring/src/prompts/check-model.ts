import type { Model } from "@promptops/core/domain";
import type { FileReport } from "../yaml/file-report.ts";
import { nearest } from "../yaml/suggest.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import { MODELS_FILE } from "./prompt-path.ts";

const MOST_NAMED = 20;

/** Reports a model that is not among those of the project, where it has such a list. */
export function checkModel(
  report: FileReport,
  source: YamlSource,
  models: ReadonlyMap<string, Model> | undefined,
): void {
  const { model } = source.value;
  if (models === undefined || typeof model !== "string" || model === "" || models.has(model)) return;
  const names = [...models.keys()];
  const meant = nearest(model, names);
  report.add(source.placeOf(["model"]), {
    code: "unknown-model",
    problem: `"${model}" is not in ${MODELS_FILE}`,
    expected: names.length === 0 ? undefined : `one of ${names.slice(0, MOST_NAMED).join(", ")}`,
    hint: meant
      ? `Did you mean "${meant}"?`
      : `To use it, add it there: ${model}: {provider: anthropic, id: the provider's own id}`,
  });
}
