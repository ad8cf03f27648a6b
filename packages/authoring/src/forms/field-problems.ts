import type * as z from "zod";
import type { Problem } from "../diagnostics/diagnostics.ts";
import type { FileReport } from "../yaml/file-report.ts";
import { isMapping, labelOf, type Path, valueAt } from "../yaml/path.ts";
import { nearest } from "../yaml/suggest.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import type { FileForm } from "./file-form.ts";
import { expectationAt, fieldsAt, keyExpectationAt } from "./schema-path.ts";

type Issue = z.core.$ZodIssue;

/** What to say of a key that the schema does not have. */
export function unknownField(form: FileForm<unknown>, path: Path, key: string): Problem {
  const { schema, called } = form;
  const fields = fieldsAt(schema, path);
  const meant = nearest(key, fields);
  return {
    code: "unknown-field",
    problem: `"${key}" is not a field of ${path.length === 0 ? called : labelOf(path)}`,
    expected: fields.length > 0 ? `one of ${fields.join(", ")}` : undefined,
    hint: belongsUnder(form, path, key) ?? (meant && `Did you mean "${meant}"?`),
  };
}

/** `temperature` and the like are easily written one level too far out. */
function belongsUnder({ schema, groups }: FileForm<unknown>, path: Path, key: string): string | undefined {
  if (path.length > 0) return undefined;
  const group = groups?.find((each) => fieldsAt(schema, [each]).includes(key));
  return group && `It belongs under "${group}".`;
}

/** What to say of a value that does not fit the schema, in words that name the field and not the check. */
export function fieldProblem(
  report: FileReport,
  source: YamlSource,
  schema: z.core.$ZodType,
  path: Path,
  issue: Issue,
): Problem {
  const value = valueAt(source.value, path);
  const label = labelOf(path);
  const { expected, example } = expectationAt(schema, path) ?? {};
  const fallback = example && `For example: ${example}`;
  if (issue.code === "invalid_key") {
    return {
      code: "invalid-value",
      problem: `"${path.at(-1)}" ${issue.issues[0]?.message ?? "cannot be a key here"}`,
      expected: keyExpectationAt(schema, path)?.expected,
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
