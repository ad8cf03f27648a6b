import type { EvalCase, GraderSpec, JsonObject, JsonValue, Suite } from "@promptops/core/domain";
import type { SuiteFile } from "./suite-schema.ts";

const DEFAULT_CONCURRENCY = 8;

/** The suite that a file's fields mean. */
export function toSuite(file: SuiteFile): Suite {
  const { threshold, provider, keywords } = file;
  return {
    promptId: file.prompt_id,
    grader: toGrader(file.grader),
    variables: file.variables ?? {},
    ...(threshold !== undefined && { threshold }),
    repeats: file.repeats ?? 1,
    ...(provider !== undefined && { provider }),
    ...(keywords && { keywords: { labels: keywords, fallback: file.fallback ?? "other" } }),
    concurrency: file.concurrency ?? DEFAULT_CONCURRENCY,
    cases: file.cases.map(toCase),
  };
}

/** What a grader requires is there: `check-grader.ts` has seen to it. */
function toGrader(written: SuiteFile["grader"] = "exact"): GraderSpec {
  if (typeof written === "string") return { type: written } as GraderSpec;
  const { type, case_sensitive: caseSensitive, at_least: atLeast, ...rest } = written;
  return {
    type,
    ...(caseSensitive !== undefined && { caseSensitive }),
    ...(atLeast !== undefined && { atLeast }),
    ...(rest as JsonObject),
  } as GraderSpec;
}

function toCase({ input, expected, variables, tags = [] }: SuiteFile["cases"][number]): EvalCase {
  return {
    input,
    ...(expected !== undefined && { expected: expected as JsonValue }),
    ...(variables && { variables }),
    tags,
  };
}
