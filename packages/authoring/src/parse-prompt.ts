import type { AuthoredDates, PromptDefinition } from "@promptops/core/domain";
import { checkFields } from "./check-fields.ts";
import { checkId } from "./check-id.ts";
import { checkTemplates } from "./check-templates.ts";
import { checkTogether } from "./check-together.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { toDates, toDefinition } from "./normalise.ts";
import { decode } from "./source-text.ts";
import { readYaml } from "./yaml-source.ts";

/** What one file says, and what is wrong with it. */
export interface ParsedPrompt {
  /** Absent where there is an error. */
  readonly definition?: PromptDefinition;
  /** The id as it is written, whatever else is wrong. */
  readonly id?: string;
  readonly dates: AuthoredDates;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads one prompt file. Never throws for what the bytes hold.
 *
 * @param file its path from the root, such as `prompts/customer_support/intent_classifier.yaml`, which the id must match.
 */
export function parsePrompt(file: string, bytes: Buffer): ParsedPrompt {
  const { report, readable } = decode(file, bytes);
  const source = readable ? readYaml(report) : undefined;
  if (source === undefined) return { dates: {}, diagnostics: report.diagnostics() };
  const fields = checkFields(report, source);
  checkTogether(report, source);
  checkTemplates(report, source);
  checkId(report, source);
  const { id } = source.value;
  const diagnostics = report.diagnostics();
  const named = typeof id === "string" ? { id } : {};
  if (fields === undefined || report.failed) return { ...named, dates: {}, diagnostics };
  return { ...named, definition: toDefinition(fields), dates: toDates(fields), diagnostics };
}
