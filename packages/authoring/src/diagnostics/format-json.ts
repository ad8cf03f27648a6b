import type { Diagnostic } from "./diagnostics.ts";

/** Diagnostics as a JSON array. */
export function asJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(diagnostics, null, 2)}\n`;
}
