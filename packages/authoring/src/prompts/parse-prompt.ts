import {
  type AuthoredDates,
  formatRef,
  isPromptId,
  isVersion,
  type Model,
  type PromptDefinition,
} from "@promptops/core/domain";
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import { checkFields } from "../forms/check-fields.ts";
import { decode, MEBIBYTE } from "../yaml/source-text.ts";
import { readYaml } from "../yaml/yaml-source.ts";
import { checkId } from "./check-id.ts";
import { checkIncludesField, directIncludes } from "./check-includes.ts";
import { checkModel } from "./check-model.ts";
import { checkTemplates, checkUnused } from "./check-templates.ts";
import { checkTogether } from "./check-together.ts";
import { type Draft, draftOf } from "./draft.ts";
import { toDates, toDefinition } from "./normalise.ts";
import { promptForm } from "./prompt-schema.ts";

/** The largest prompt file that is read, in bytes. */
export const MAX_PROMPT_BYTES = 32 * MEBIBYTE;

/** What one file says, and what is wrong with it. */
export interface ParsedPrompt {
  /** Absent where there is an error, and where the text includes others that are not put in yet. */
  readonly definition?: PromptDefinition;
  /** The id as it is written, whatever else is wrong. */
  readonly id?: string;
  /** The ref, where id and version are right, whatever else is wrong. */
  readonly ref?: string;
  readonly dates: AuthoredDates;
  readonly diagnostics: readonly Diagnostic[];
  /** Present where the text includes others: the rest of the work, to be done once those are found. */
  readonly draft?: Draft;
}

/**
 * Reads one prompt file. Never throws for what the bytes hold.
 *
 * @param file its path from the root, such as `prompts/customer_support/intent_classifier.yaml`, which the id must match.
 * @param models those that it may name; any where absent.
 */
export function parsePrompt(file: string, bytes: Buffer, models?: ReadonlyMap<string, Model>): ParsedPrompt {
  const { report, readable } = decode(file, bytes);
  const source = readable ? readYaml(report, "id, version, owner, model, tags and template") : undefined;
  if (source === undefined) return { dates: {}, diagnostics: report.diagnostics() };
  const fields = checkFields(report, source, promptForm);
  checkTogether(report, source);
  const templates = checkTemplates(report, source);
  checkIncludesField(report, source, templates);
  checkModel(report, source, models);
  checkId(report, source);
  const names = namesOf(source.value);
  if (directIncludes(templates).length > 0) {
    const draft = draftOf({ report, source, fields, templates });
    return { ...names, dates: {}, diagnostics: report.diagnostics(), draft };
  }
  checkUnused(report, source, templates, new Set());
  const diagnostics = report.diagnostics();
  if (fields === undefined || report.failed) return { ...names, dates: {}, diagnostics };
  return { ...names, definition: toDefinition(fields), dates: toDates(fields), diagnostics };
}

/**
 * The same once what the text includes is known: with its definition, and every problem of the file.
 *
 * @param found what each ref of the draft's `includes` is.
 */
export function finishPrompt(
  { draft, ...parsed }: ParsedPrompt,
  found: Parameters<Draft["finish"]>[0],
): ParsedPrompt {
  return draft ? { ...parsed, ...draft.finish(found) } : parsed;
}

function namesOf({ id, version }: Readonly<Record<string, unknown>>): Pick<ParsedPrompt, "id" | "ref"> {
  if (typeof id !== "string") return {};
  return isPromptId(id) && isVersion(version) ? { id, ref: formatRef({ id, version }) } : { id };
}
