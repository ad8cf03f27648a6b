import { isPromptId } from "@promptops/core/domain";
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import type { FileReport } from "../yaml/file-report.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import { fileOf, idOf } from "./prompt-path.ts";

/** Reports an id that is not the one its file's path stands for. */
export function checkId(report: FileReport, source: YamlSource): void {
  const { id } = source.value;
  const expected = idOf(report.file);
  if (expected === undefined || typeof id !== "string" || id === expected || !isPromptId(id)) return;
  report.add(source.placeOf(["id"]), {
    code: "id-path",
    problem: `"${id}" is not the id that this file's path stands for`,
    expected: `id: ${expected}`,
    hint: `Write that id, or move the file to ${fileOf(id)}.`,
  });
}

/** Says of an id that is not its path's whose it is, where another file holds it too. */
export function nameDuplicates(
  diagnostics: readonly Diagnostic[],
  idsByFile: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const filesById = Map.groupBy(idsByFile.keys(), (file) => idsByFile.get(file));
  return diagnostics.map((each) => {
    if (each.code !== "id-path") return each;
    const id = idsByFile.get(each.file);
    const other = filesById.get(id)?.find((file) => file !== each.file);
    if (other === undefined) return each;
    return {
      ...each,
      code: "duplicate-id",
      problem: `"${id}" is also the id of ${other}`,
      hint: "Two files cannot hold the same prompt: give this one the id that its path stands for.",
    };
  });
}
