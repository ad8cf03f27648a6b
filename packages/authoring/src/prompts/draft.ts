import type { AuthoredDates, PromptDefinition } from "@promptops/core/domain";
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import type { FileReport } from "../yaml/file-report.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import { checkIncluded, directIncludes, expandText, type Included } from "./check-includes.ts";
import { checkUnused, type Templates } from "./check-templates.ts";
import { toDates, toDefinition } from "./normalise.ts";
import type { PromptFile } from "./prompt-schema.ts";

/** What a file comes to in the end. */
interface Finished {
  readonly definition?: PromptDefinition;
  readonly dates: AuthoredDates;
  readonly diagnostics: readonly Diagnostic[];
}

/** A prompt file that includes others, read as far as it goes by itself. It holds the whole file: let it go soon. */
export interface Draft {
  /** The refs that it includes itself, each once, sorted. */
  readonly includes: readonly string[];
  /** What is written, `{{> ref}}` and all; absent where there is an error. */
  readonly written?: PromptDefinition;
  /** To be called once, with what each of `includes` is. */
  finish(found: ReadonlyMap<string, Included>): Finished;
}

interface Parts {
  readonly report: FileReport;
  readonly source: YamlSource;
  readonly fields: PromptFile | undefined;
  readonly templates: Templates;
}

/** The draft of a file that has been checked by itself. */
export function draftOf(parts: Parts): Draft {
  const { report, fields, templates } = parts;
  const includes = directIncludes(templates);
  return {
    includes,
    ...(fields && !report.failed && { written: { ...toDefinition(fields), includes } }),
    finish: (found) => finish(parts, found),
  };
}

function finish(
  { report, source, fields, templates }: Parts,
  found: ReadonlyMap<string, Included>,
): Finished {
  const usedByIncluded = checkIncluded(report, templates, found);
  if (usedByIncluded) {
    checkUnused(report, source, templates, usedByIncluded);
    const texts = templates.texts.map((text) => expandText(report, text, found));
    if (fields && !report.failed) {
      const definition = withTexts(toDefinition(fields), texts as readonly string[], allIncludes(found));
      return { definition, dates: toDates(fields), diagnostics: report.diagnostics() };
    }
  }
  return { dates: {}, diagnostics: report.diagnostics() };
}

function withTexts(
  definition: PromptDefinition,
  texts: readonly string[],
  includes: readonly string[],
): PromptDefinition {
  const [text = ""] = texts;
  const { messages } = definition;
  return {
    ...definition,
    includes,
    ...(messages
      ? { messages: messages.map(({ role }, index) => ({ role, content: texts[index] ?? "" })) }
      : { template: text }),
  };
}

function allIncludes(found: ReadonlyMap<string, Included>): readonly string[] {
  const below = [...found.values()].flatMap((each) =>
    "definition" in each ? (each.definition.includes ?? []) : [],
  );
  return [...new Set([...found.keys(), ...below])].toSorted();
}
