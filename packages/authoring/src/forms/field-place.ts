import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DiagnosticPlace } from "../diagnostics/diagnostics.ts";
import { decode } from "../yaml/source-text.ts";
import { readYaml } from "../yaml/yaml-source.ts";

/**
 * Where a file has a field's value. The file is read again: the few that are asked for cost less than holding the
 * places of all.
 */
export function fieldPlace(root: string, file: string, field: string): DiagnosticPlace {
  const { report, readable } = decode(file, readFileSync(join(root, file)));
  const source = readable ? readYaml(report, field) : undefined;
  return report.at(source ? source.placeOf([field]) : [0, 0]);
}
