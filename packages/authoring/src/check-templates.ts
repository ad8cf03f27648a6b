import { parseTemplate, type TemplateProblem } from "@promptops/core/domain";
import type { Scalar } from "yaml";
import type { Problem } from "./diagnostics.ts";
import type { FileReport, Place } from "./file-report.ts";
import { isMapping } from "./path.ts";
import { writtenPlaces } from "./scalar-offsets.ts";
import { nearest } from "./suggest.ts";
import { variableUses } from "./variable-uses.ts";
import type { YamlSource } from "./yaml-source.ts";

/** Reports template syntax that does not hold, and variables that are used and not declared, or the other way round. */
export function checkTemplates(report: FileReport, source: YamlSource): void {
  const { variables = {} } = source.value;
  const declared =
    isMapping(variables) && !source.isReported(["variables"]) ? new Set(Object.keys(variables)) : undefined;
  const used = new Set<string>();
  let sound = true;
  const scalars = templatesOf(source);
  for (const scalar of scalars) {
    const text = String(scalar.value);
    const { parts, problems } = parseTemplate(text);
    const placeIn = placesIn(report, scalar);
    if (problems.length > 0) sound = false;
    for (const problem of problems) {
      report.add(() => placeIn(problem), {
        code: "template-syntax",
        problem: problem.problem,
        expected: "{{name}} for a variable, \\{{ for two literal braces",
        hint: problem.hint,
      });
    }
    for (const use of variableUses(text, parts, problems)) {
      used.add(use.name);
      if (declared === undefined || declared.has(use.name)) continue;
      report.add(
        () => placeIn(use),
        () => undeclared(use.name, declared),
      );
    }
  }
  // A malformed {{…}} may be the use that seems to be missing.
  if (!sound || scalars.length === 0 || declared === undefined) return;
  for (const name of declared) {
    if (used.has(name)) continue;
    report.add(() => source.placeOfKey(["variables", name]), {
      code: "unused-variable",
      problem: `the variable "${name}" is declared and not used`,
      expected: `{{${name}}} in the text`,
      hint: "Use it, or remove the declaration.",
    });
  }
}

function undeclared(name: string, declared: ReadonlySet<string>): Problem {
  const meant = nearest(name, declared);
  return {
    code: "undeclared-variable",
    problem: `{{${name}}} is not declared`,
    expected: declared.size > 0 ? `one of ${[...declared].join(", ")}` : "a declaration under variables",
    hint: meant ? `Did you mean {{${meant}}}?` : `Declare it: variables: {${name}: {type: string}}`,
  };
}

function templatesOf(source: YamlSource): readonly Scalar[] {
  const { template, messages } = source.value;
  const paths = [
    ...(typeof template === "string" ? [["template"]] : []),
    ...(Array.isArray(messages) ? messages : []).flatMap((message: unknown, index) =>
      isMapping(message) && typeof message.content === "string" ? [["messages", index, "content"]] : [],
    ),
  ];
  return paths.map((path) => source.scalarAt(path)).filter((scalar) => scalar !== undefined);
}

/** From a stretch of a template to its place in the file, which is worked out only for templates with problems. */
function placesIn(
  report: FileReport,
  scalar: Scalar,
): (stretch: Pick<TemplateProblem, "offset" | "length">) => Place {
  let places: ((offset: number) => Place) | undefined;
  return ({ offset, length }) => {
    places ??= writtenPlaces(report.text, scalar);
    return [places(offset)[0], places(offset + length - 1)[1]];
  };
}
