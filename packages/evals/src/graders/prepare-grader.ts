import type { GraderSpec, PromptDefinition } from "@promptops/core/domain";
import { contains } from "./contains.ts";
import { editDistance } from "./edit-distance.ts";
import { exact } from "./exact.ts";
import type { Grader } from "./grader.ts";
import { jsonSchema } from "./json-schema.ts";
import { type Judge, judge } from "./judge.ts";
import { numeric } from "./numeric.ts";
import { oneOf } from "./one-of.ts";
import { regex } from "./regex.ts";

/** The grader that a suite asks for, with schema and pattern compiled once. */
export async function prepareGrader(
  spec: GraderSpec,
  { output }: Pick<PromptDefinition, "output">,
  given: Judge | undefined,
): Promise<Grader> {
  switch (spec.type) {
    case "exact":
      return exact(spec.caseSensitive);
    case "one_of":
      return oneOf(spec.caseSensitive);
    case "contains":
      return contains(spec.caseSensitive);
    case "regex":
      return regex(spec.pattern, spec.flags);
    case "json_schema":
      return jsonSchema(spec.schema ?? output);
    case "numeric":
      return numeric(spec.absolute, spec.relative);
    case "edit_distance":
      return editDistance(spec.atLeast);
    case "judge":
      return judge(spec.prompt, spec.atLeast, given);
  }
}
