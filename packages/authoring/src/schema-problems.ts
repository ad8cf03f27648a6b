import type * as z from "zod";
import type { Problem } from "./diagnostics.ts";
import type { FileReport } from "./file-report.ts";
import { isMapping } from "./mapping.ts";
import { type PromptFile, promptFile } from "./schema.ts";
import { expectationAt, fieldsAt, wantsWholeNumber } from "./schema-path.ts";
import { nearest } from "./suggest.ts";
import type { YamlSource } from "./yaml-source.ts";
import type { Path } from "./yaml-values.ts";

type Issue = z.core.$ZodIssue;

/**
 * Checks each field by itself and reports what does not fit.
 *
 * @returns the fields, if all of them fit.
 */
export function checkFields(report: FileReport, source: YamlSource): PromptFile | undefined {
  const result = promptFile.safeParse(source.value);
  const issues = (result.error?.issues ?? []).flatMap((issue) => locate(issue, []));
  const seen = new Set<string>();
  for (const { issue, path } of issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        report.add(
          () => source.placeOfKey([...path, key]),
          () => unknownField(path, key),
        );
      }
    } else if (!seen.has(labelOf(path)) && !source.isReported(path)) {
      // One value, one problem: the first check that failed is the one to mend.
      seen.add(labelOf(path));
      report.add(
        () => (issue.code === "invalid_key" ? source.placeOfKey(path) : source.placeOf(path)),
        () => fieldProblem(report, source, path, issue),
      );
    }
  }
  for (const { path, source: written } of source.oddIntegers) {
    if (!wantsWholeNumber(path) || seen.has(labelOf(path))) continue;
    report.add(() => source.placeOf(path), {
      code: "wrong-type",
      problem: `${labelOf(path)} is written ${written}`,
      expected: expectationAt(path)?.expected,
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

function unknownField(path: Path, key: string): Problem {
  const fields = fieldsAt(path);
  const meant = nearest(key, fields);
  return {
    code: "unknown-field",
    problem: `"${key}" is not a field of ${path.length === 0 ? "a prompt file" : labelOf(path)}`,
    expected: fields.length > 0 ? `one of ${fields.join(", ")}` : undefined,
    hint: belongsUnder(path, key) ?? (meant && `Did you mean "${meant}"?`),
  };
}

/** `temperature` and the like are easily written one level too far out. */
function belongsUnder(path: Path, key: string): string | undefined {
  if (path.length > 0) return undefined;
  const group = ["parameters", "metrics"].find((each) => fieldsAt([each]).includes(key));
  return group && `It belongs under "${group}".`;
}

function fieldProblem(report: FileReport, source: YamlSource, path: Path, issue: Issue): Problem {
  const value = valueAt(source.value, path);
  const label = labelOf(path);
  const { expected, example } = expectationAt(path) ?? {};
  const fallback = example && `For example: ${example}`;
  if (issue.code === "invalid_key") {
    return {
      code: "invalid-value",
      problem: `"${path.at(-1)}" ${issue.issues[0]?.message ?? "cannot be a key here"}`,
      expected: "letters, digits and _, not starting with a digit",
    };
  }
  if (value === undefined)
    return { code: "missing-field", problem: `${label} is missing`, expected, hint: fallback };
  if (value === null) {
    const line = report.lineText(report.lineOf(source.placeOf(path)[0]));
    const commented = /:\s+#/.test(line)
      ? "A # after a space starts a comment: put the value in quotes."
      : undefined;
    return { code: "wrong-type", problem: `${label} has no value`, expected, hint: commented ?? fallback };
  }
  const wanted = issue.code === "invalid_type" ? WANTED[issue.expected] : undefined;
  const ofOtherType =
    issue.code === "invalid_type" && !(issue.expected === "int" && typeof value === "number");
  if (ofOtherType || issue.code === "invalid_union") {
    return {
      code: "wrong-type",
      problem: `${label} is ${describe(value)}${wanted ? `, not ${wanted}` : ""}`,
      expected,
      hint: requote(path, value, wanted) ?? fallback,
    };
  }
  if (issue.code === "invalid_value") {
    const meant = nearest(String(value), issue.values.map(String));
    return {
      code: "invalid-value",
      problem: `${label} is ${describe(value)}`,
      expected,
      hint: meant ? `Did you mean "${meant}"?` : fallback,
    };
  }
  return { code: "invalid-value", problem: `${label} ${issue.message}`, expected, hint: fallback };
}

const WANTED: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMapping(value)) return "a mapping";
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" ? `the text ${JSON.stringify(shortened(value))}` : `the number ${value}`;
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40).toWellFormed()}…` : value;
}

/** Quotes make text of a number, and are the usual reason for either in the other's place. */
function requote(path: Path, value: unknown, wanted: string | undefined): string | undefined {
  const before = typeof path.at(-1) === "string" ? `${path.at(-1)}: ` : "";
  if (wanted === "text" && (typeof value === "number" || typeof value === "boolean")) {
    return `Put it in quotes: ${before}"${value}"`;
  }
  const bare = typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value);
  return bare && wanted === "a number" ? `Write it without quotes: ${before}${value}` : undefined;
}

/** A field's name in messages: `"variables.tone.type"`, `"messages[0].role"`. */
export function labelOf(path: Path): string {
  let label = "";
  for (const step of path) {
    if (typeof step === "number") label += `[${step}]`;
    else label += label === "" ? step : `.${step}`;
  }
  return `"${label}"`;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at) && typeof step === "number") at = at[step];
    else if (isMapping(at) && typeof step === "string" && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}
