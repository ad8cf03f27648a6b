import type { Suite } from "@promptops/core/domain";
import type { Diagnostic, DiagnosticPlace } from "../diagnostics/diagnostics.ts";
import { checkFields } from "../forms/check-fields.ts";
import { decode } from "../yaml/source-text.ts";
import { readYaml } from "../yaml/yaml-source.ts";
import { checkSuite } from "./check-suite.ts";
import { toSuite } from "./normalise-suite.ts";
import { suiteForm } from "./suite-schema.ts";

/** What one suite file says, and what is wrong with it. */
export interface ParsedSuite {
  /** Absent where there is an error. */
  readonly suite?: Suite;
  /** The prompt as it is written, whatever else is wrong, and where. */
  readonly prompt?: { readonly id: string; readonly place: DiagnosticPlace };
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads one suite file. Never throws for what the bytes hold.
 *
 * @param file its path from the root, such as `evals/customer_support/intent_classifier.yaml`.
 */
export function parseSuite(file: string, bytes: Buffer): ParsedSuite {
  const { report, readable } = decode(file, bytes);
  const source = readable ? readYaml(report, "prompt_id and cases") : undefined;
  if (source === undefined) return { diagnostics: report.diagnostics() };
  const fields = checkFields(report, source, suiteForm);
  checkSuite(report, source);
  const { prompt_id: id } = source.value;
  const named =
    typeof id === "string" ? { prompt: { id, place: report.at(source.placeOf(["prompt_id"])) } } : {};
  const diagnostics = report.diagnostics();
  if (fields === undefined || report.failed) return { ...named, diagnostics };
  return { ...named, suite: toSuite(fields), diagnostics };
}
