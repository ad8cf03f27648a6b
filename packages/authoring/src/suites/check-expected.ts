import type { Problem } from "../diagnostics/diagnostics.ts";
import type { FileReport } from "../yaml/file-report.ts";
import { isMapping, type Path } from "../yaml/path.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import { patternProblem, type WrittenGrader } from "./check-grader.ts";

/** Says what is wrong with an expected value; `undefined` stands for none. */
type Check = (expected: unknown) => Problem | undefined;

/** Reports every case whose expected value its grader cannot work with. */
export function checkExpected(report: FileReport, source: YamlSource, grader: WrittenGrader): void {
  const { cases } = source.value;
  if (!Array.isArray(cases)) return;
  const check = checkFor(grader);
  const asText = COMPARED_AS_TEXT.has(grader.type);
  for (const [index, each] of (cases as readonly unknown[]).entries()) {
    if (!isMapping(each)) continue;
    const path = ["cases", index, "expected"];
    const problem = check(each.expected);
    if (problem === undefined) {
      if (asText) checkWriting(report, source, path, each.expected);
    } else if (!source.isReported(path)) {
      report.add(() => source.placeOf(path), problem);
    }
  }
}

const COMPARED_AS_TEXT: ReadonlySet<WrittenGrader["type"]> = new Set([
  "exact",
  "one_of",
  "contains",
  "regex",
  "edit_distance",
]);

function checkFor({ type, settings }: WrittenGrader): Check {
  switch (type) {
    case "exact":
    case "edit_distance":
      return (expected) =>
        isText(expected) ? undefined : wrong(type, expected, "a text, a number, true or false");
    case "contains":
      return (expected) => wordsProblem(type, expected, "the text that the answer must hold");
    case "one_of":
      return (expected) =>
        Array.isArray(expected) && expected.length > 0 && expected.every(isText)
          ? undefined
          : wrong(type, expected, "a list of the answers that are right, such as [yes please, sure]");
    case "regex":
      return settings.pattern === undefined ? (expected) => regexProblem(expected, settings.flags) : anything;
    case "numeric":
      return (expected) =>
        typeof expected === "number" || (typeof expected === "string" && NUMBER.test(expected.trim()))
          ? undefined
          : wrong(type, expected, "a number");
    case "json_schema":
    case "judge":
      return anything;
  }
}

const NUMBER = /^[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;

const anything: Check = () => undefined;

function regexProblem(expected: unknown, flags: unknown): Problem | undefined {
  const problem = wordsProblem(
    "regex",
    expected,
    "a pattern of JavaScript's, here or as the grader's pattern",
  );
  if (problem || (flags !== undefined && patternProblem("", String(flags)))) return problem;
  const flaw = patternProblem(String(expected).trim(), String(flags ?? ""));
  return flaw && { code: "invalid-value", ...flaw };
}

function wordsProblem(type: string, expected: unknown, wanted: string): Problem | undefined {
  return isText(expected) && String(expected).trim() !== "" ? undefined : wrong(type, expected, wanted);
}

function isText(expected: unknown): boolean {
  return typeof expected === "string" || typeof expected === "number" || typeof expected === "boolean";
}

function wrong(type: string, found: unknown, expected: string): Problem {
  if (found === undefined || found === null) {
    return {
      code: "missing-field",
      problem: `the grader ${type} needs to know what is expected`,
      expected,
      hint: "Write expected: and the right answer.",
    };
  }
  return {
    code: "wrong-type",
    problem: `the grader ${type} cannot work with ${describe(found)}`,
    expected,
    hint:
      Array.isArray(found) && type !== "one_of"
        ? "Where several answers are right: grader: one_of"
        : undefined,
  };
}

function describe(found: unknown): string {
  if (Array.isArray(found)) return found.length === 0 ? "an empty list" : "this list";
  if (isMapping(found)) return "a mapping";
  if (typeof found === "string") return found.trim() === "" ? "an empty text" : `the text "${found}"`;
  return String(found);
}

/** Where text is compared, 1.50 is not what an answer of "1.50" is compared with, but 1.5. */
function checkWriting(report: FileReport, source: YamlSource, path: Path, expected: unknown): void {
  if (Array.isArray(expected)) {
    for (const [index, each] of expected.entries()) checkWriting(report, source, [...path, index], each);
    return;
  }
  if (typeof expected === "string") return;
  const written = source.scalarAt(path)?.source;
  if (written === undefined || written === String(expected)) return;
  report.add(() => source.placeOf(path), {
    code: "invalid-value",
    problem: `${written} is read as ${expected}, and answers are compared with that`,
    expected: "the answer as the model should write it",
    hint: `Put it in quotes: "${written}"`,
  });
}
