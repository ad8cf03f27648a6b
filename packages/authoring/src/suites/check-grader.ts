import type { FileReport } from "../yaml/file-report.ts";
import { isMapping } from "../yaml/path.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import { GRADER_SETTINGS } from "./grader-settings.ts";
import type { GraderName, GraderSetting } from "./suite-schema.ts";

/** A suite's grader as it is written, its settings not checked each by itself. */
export interface WrittenGrader {
  readonly type: GraderName;
  readonly settings: Readonly<Partial<Record<GraderSetting, unknown>>>;
}

/** The grader that a suite names, `exact` where it names none; `undefined` where what it names is none. */
export function writtenGrader({ value: { grader = "exact" } }: YamlSource): WrittenGrader | undefined {
  const { type, ...settings } = isMapping(grader) ? grader : { type: grader };
  return typeof type === "string" && Object.hasOwn(GRADER_SETTINGS, type)
    ? { type: type as GraderName, settings }
    : undefined;
}

/** Reports settings that a grader does not take, and those that it lacks; a pattern that is none. */
export function checkGrader(report: FileReport, source: YamlSource, { type, settings }: WrittenGrader): void {
  const { required, optional, example } = GRADER_SETTINGS[type];
  const taken = [...required, ...optional];
  for (const name of Object.keys(settings)) {
    // A name that no grader takes is an unknown field, and reported as one.
    if (!KNOWN.has(name) || taken.some((each) => each === name)) continue;
    report.add(() => source.placeOfKey(["grader", name]), {
      code: "unknown-field",
      problem: `the grader ${type} has no setting "${name}"`,
      expected: ["type", ...taken].join(", "),
    });
  }
  for (const name of required) {
    if (Object.hasOwn(settings, name)) continue;
    report.add(() => source.placeOfKey(["grader"]), {
      code: "missing-field",
      problem: `the grader ${type} needs "${name}"`,
      hint: `For example: ${example}`,
    });
  }
  checkPattern(report, source, { type, settings });
}

const KNOWN: ReadonlySet<string> = new Set(
  Object.values(GRADER_SETTINGS).flatMap(({ required, optional }) => [...required, ...optional]),
);

function checkPattern(report: FileReport, source: YamlSource, { type, settings }: WrittenGrader): void {
  const { pattern = "", flags = "" } = settings;
  if (type !== "regex" || typeof pattern !== "string" || typeof flags !== "string") return;
  if (patternProblem("", flags) !== undefined) {
    report.add(() => source.placeOf(["grader", "flags"]), {
      code: "invalid-value",
      problem: `"${flags}" are not flags of a pattern`,
      expected: "flags of JavaScript's, each once, such as i or im",
    });
    return;
  }
  const problem = patternProblem(pattern, flags);
  if (problem === undefined) return;
  report.add(() => source.placeOf(["grader", "pattern"]), { code: "invalid-value", ...problem });
}

/** What is wrong with a JavaScript pattern, if anything is. */
export function patternProblem(
  pattern: string,
  flags: string,
): { readonly problem: string; readonly expected: string; readonly hint: string } | undefined {
  try {
    new RegExp(pattern, flags);
    return undefined;
  } catch (error) {
    return {
      problem: `this is not a pattern: ${reasonOf(error as Error)}`,
      expected: "a pattern of JavaScript's",
      hint: "In YAML write it in single quotes, which keep each \\ as it is: '^\\d+$'",
    };
  }
}

/** `Invalid regular expression: /(/: Unterminated group`, without the pattern itself. */
function reasonOf({ message }: Error): string {
  const reason = message.slice(message.lastIndexOf(": ") + 2);
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}
