import type * as z from "zod";
import type { FileReport } from "../yaml/file-report.ts";
import { labelOf, type Path, valueAt } from "../yaml/path.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import { fieldProblem, unknownField } from "./field-problems.ts";
import type { FileForm } from "./file-form.ts";
import { expectationAt, wantsWholeNumber } from "./schema-path.ts";

type Issue = z.core.$ZodIssue;

/**
 * Checks each field by itself and reports what does not fit.
 *
 * @returns the fields, if all of them fit.
 */
export function checkFields<T>(report: FileReport, source: YamlSource, form: FileForm<T>): T | undefined {
  const { schema } = form;
  const result = schema.safeParse(source.value);
  const issues = (result.error?.issues ?? []).flatMap((issue) => locate(issue, []));
  const seen = new Set<string>();
  for (const { issue, path } of issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        report.add(
          () => source.placeOfKey([...path, key]),
          () => unknownField(form, path, key),
        );
      }
    } else if (!seen.has(labelOf(path)) && !source.isReported(path)) {
      // One value, one problem: the first check that failed is the one to mend.
      seen.add(labelOf(path));
      report.add(
        () => (issue.code === "invalid_key" ? source.placeOfKey(path) : source.placeOf(path)),
        () => fieldProblem(report, source, schema, path, issue),
      );
    }
  }
  for (const { path, source: written } of source.oddIntegers) {
    if (!wantsWholeNumber(schema, path) || seen.has(labelOf(path))) continue;
    report.add(() => source.placeOf(path), {
      code: "wrong-type",
      problem: `${labelOf(path)} is written ${written}`,
      expected: expectationAt(schema, path)?.expected,
      hint: `Write ${path.at(-1)}: ${valueAt(source.value, path)}`,
    });
  }
  return result.data;
}

/** What an issue is about, once the branch of a union is chosen that the author meant. */
function locate(issue: Issue, prefix: Path): { issue: Issue; path: Path }[] {
  const path = [...prefix, ...(issue.path as Path)];
  if (issue.code !== "invalid_union") return [{ issue, path }];
  const [meant] = issue.errors
    .map((branch) => ({ branch, distance: distanceOf(branch) }))
    .filter(({ distance }) => distance < 2)
    .toSorted((a, b) => a.distance - b.distance);
  return meant ? meant.branch.flatMap((each) => locate(each, path)) : [{ issue, path }];
}

/** 0: right in itself, wrong further in. 1: of the right type. 2: something else altogether. */
function distanceOf(branch: readonly Issue[]): number {
  const own = branch.filter(({ path }) => path.length === 0);
  if (own.length === 0) return 0;
  return own.some(({ code }) => code === "invalid_type") ? 2 : 1;
}
