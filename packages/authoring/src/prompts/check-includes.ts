import { isRef, type PromptDefinition, parseTemplate, variablesOf } from "@promptops/core/domain";
import type { Problem } from "../diagnostics/diagnostics.ts";
import type { FileReport } from "../yaml/file-report.ts";
import { nearest } from "../yaml/suggest.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import type { Templates, TemplateText } from "./check-templates.ts";
import { expand } from "./expand.ts";

/** What a ref in `{{> ref}}` was found to be. */
export type Included =
  | { readonly definition: PromptDefinition }
  /** Why its text cannot be had. */
  | { readonly problem: Problem };

/** The refs that the texts of a file include, each once, sorted. */
export function directIncludes({ includes }: Templates): readonly string[] {
  return [...new Set(includes.map(({ part }) => part.include))].toSorted();
}

/** Reports an `includes` field that does not say what the text says. */
export function checkIncludesField(report: FileReport, source: YamlSource, templates: Templates): void {
  const { includes: listed } = source.value;
  if (!Array.isArray(listed) || !templates.sound || source.isReported(["includes"])) return;
  const actual = directIncludes(templates);
  for (const [index, ref] of listed.entries()) {
    if (typeof ref !== "string" || !isRef(ref) || actual.includes(ref)) continue;
    const meant = nearest(ref, actual);
    report.add(() => source.placeOf(["includes", index]), {
      code: "includes-field",
      problem: `the text does not include ${ref}`,
      expected: `{{> ${ref}}} in the text`,
      hint: meant ? `Did you mean ${meant}?` : "Remove it from the list: includes are found in the text.",
    });
  }
  const missing = actual.filter((ref) => !listed.includes(ref));
  if (missing.length === 0) return;
  report.add(() => source.placeOfKey(["includes"]), {
    code: "includes-field",
    problem: `the text includes ${missing.join(", ")}, which this list does not name`,
    expected: `includes: [${actual.join(", ")}]`,
    hint: "Complete it, or remove the field: includes are found in the text.",
  });
}

/**
 * Reports includes that cannot be put in, and variables that they bring and the file does not declare.
 *
 * @param found what each ref of {@link directIncludes} is.
 * @returns the variables that the included texts use; `undefined` where one of the texts is not known.
 */
export function checkIncluded(
  report: FileReport,
  { includes, declared }: Templates,
  found: ReadonlyMap<string, Included>,
): ReadonlySet<string> | undefined {
  const used = new Set<string>();
  let complete = true;
  for (const { part, text } of includes) {
    const included = found.get(part.include);
    if (included === undefined || "problem" in included) {
      complete = false;
      if (included) report.add(() => text.placeOf(part), included.problem);
      continue;
    }
    const { variables = {} } = included.definition;
    for (const name of variablesOf(parseTemplate(templateOf(included)).parts)) {
      used.add(name);
      if (declared === undefined || declared.has(name)) continue;
      report.add(() => text.placeOf(part), {
        code: "undeclared-variable",
        problem: `${part.include} uses {{${name}}}, which is not declared here`,
        expected: "a declaration of each variable of an included text",
        hint: `Declare it: variables: {${name}: {type: ${variables[name]?.type ?? "string"}}}`,
      });
    }
  }
  return complete ? used : undefined;
}

/**
 * A text with its includes in place. Reports why that cannot be.
 *
 * @param found definitions alone.
 */
export function expandText(
  report: FileReport,
  template: TemplateText,
  found: ReadonlyMap<string, Included>,
): string | undefined {
  const expansion = expand(template.text, template.parts, (ref) => templateOf(found.get(ref)));
  if ("text" in expansion) return expansion.text;
  report.add(() => template.placeOf(expansion.at), expansion.problem);
  return undefined;
}

function templateOf(included: Included | undefined): string {
  if (included && "definition" in included && included.definition.template !== undefined) {
    return included.definition.template;
  }
  throw new Error("an include without a template came through as found");
}
