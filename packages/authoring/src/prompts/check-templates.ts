import {
  type IncludePart,
  parseTemplate,
  type TemplatePart,
  type TemplateProblem,
} from "@promptops/core/domain";
import type { Scalar } from "yaml";
import type { Problem } from "../diagnostics/diagnostics.ts";
import type { FileReport, Place } from "../yaml/file-report.ts";
import { isMapping, type Path } from "../yaml/path.ts";
import { writtenPlaces } from "../yaml/scalar-offsets.ts";
import { nearest } from "../yaml/suggest.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";

type Stretch = Pick<TemplateProblem, "offset" | "length">;

/** One text of a prompt file: its template, or the content of a message. */
export interface TemplateText {
  readonly text: string;
  readonly parts: readonly TemplatePart[];
  /** Where a stretch of the text was written. */
  placeOf(stretch: Stretch): Place;
}

/** The texts of a prompt file, and what they use by themselves. */
export interface Templates {
  readonly texts: readonly TemplateText[];
  /** Each in its text. */
  readonly includes: readonly { readonly part: IncludePart; readonly text: TemplateText }[];
  /** Whether the syntax holds. */
  readonly sound: boolean;
  /** The variables that the file declares; `undefined` where that cannot be told. */
  readonly declared: ReadonlySet<string> | undefined;
  readonly used: ReadonlySet<string>;
}

/** Reports template syntax that does not hold, and variables that are used and not declared. */
export function checkTemplates(report: FileReport, source: YamlSource): Templates {
  const { variables = {} } = source.value;
  const declared =
    isMapping(variables) && !source.isReported(["variables"]) ? new Set(Object.keys(variables)) : undefined;
  const used = new Set<string>();
  const includes: Templates["includes"][number][] = [];
  let sound = true;
  const texts = scalarsOf(source).map((scalar): TemplateText => {
    const text = String(scalar.value);
    const { parts, problems } = parseTemplate(text);
    const placeOf = placesIn(report, scalar);
    if (problems.length > 0) sound = false;
    for (const problem of problems) {
      report.add(() => placeOf(problem), {
        code: "template-syntax",
        problem: problem.problem,
        expected: "{{name}} for a variable, {{> id#version}} for another prompt, \\{{ for two literal braces",
        hint: problem.hint,
      });
    }
    const templateText = { text, parts, placeOf };
    for (const part of parts) {
      if (typeof part === "string") continue;
      if ("include" in part) {
        includes.push({ part, text: templateText });
        continue;
      }
      used.add(part.variable);
      if (declared === undefined || declared.has(part.variable)) continue;
      report.add(
        () => placeOf(part),
        () => undeclared(part.variable, declared),
      );
    }
    return templateText;
  });
  return { texts, includes, sound, declared, used };
}

/** Reports variables that are declared and not used, neither by the texts nor by what they include. */
export function checkUnused(
  report: FileReport,
  source: YamlSource,
  { texts, sound, declared, used }: Templates,
  usedByIncluded: ReadonlySet<string>,
): void {
  // A malformed {{…}} may be the use that seems to be missing.
  if (!sound || texts.length === 0 || declared === undefined) return;
  for (const name of declared) {
    if (used.has(name) || usedByIncluded.has(name)) continue;
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

function scalarsOf(source: YamlSource): readonly Scalar[] {
  const { template, messages } = source.value;
  const paths: Path[] = [
    ...(typeof template === "string" ? [["template"]] : []),
    ...(Array.isArray(messages) ? messages : []).flatMap((message: unknown, index) =>
      isMapping(message) && typeof message.content === "string" ? [["messages", index, "content"]] : [],
    ),
  ];
  return paths.map((path) => source.scalarAt(path)).filter((scalar) => scalar !== undefined);
}

/** From a stretch of a template to its place in the file, which is worked out only for templates with problems. */
function placesIn(report: FileReport, scalar: Scalar): (stretch: Stretch) => Place {
  let places: ((offset: number) => Place) | undefined;
  return ({ offset, length }) => {
    places ??= writtenPlaces(report.text, scalar);
    return [places(offset)[0], places(offset + length - 1)[1]];
  };
}
