import type { Diagnostic } from "./diagnostics.ts";
import { asGithubCommands } from "./format-github.ts";
import { asJson } from "./format-json.ts";
import { asText } from "./format-text.ts";

const FORMATS = { text: asText, json: asJson, github: asGithubCommands } as const;

/** `text` for people, `json` for programs, `github` for annotations of a pull request. */
export type DiagnosticFormat = keyof typeof FORMATS;

/**
 * Diagnostics in one of the formats, ending in a line break; empty where there are none, but for `json`, which is an
 * array all the same.
 *
 * @example
 * formatDiagnostics(diagnostics, "github");
 * // ::error file=prompts/support/reply.yaml,line=2,col=10,endColumn=13,title=wrong-type::"version" is the text "2", …
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat = "text",
): string {
  return FORMATS[format](diagnostics);
}
