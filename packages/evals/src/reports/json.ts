import type { SuiteResult } from "../evaluate.ts";

/** The results for programs: everything that is known, every case included. */
export function jsonReport(results: readonly SuiteResult[]): {
  readonly pass: boolean;
  readonly results: readonly SuiteResult[];
} {
  return { pass: results.every(({ verdict }) => verdict.pass), results };
}
