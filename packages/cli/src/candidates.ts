import {
  type Diagnostic,
  formatDiagnostics,
  loadPrompts,
  loadSettings,
  readRepository,
  readSources,
} from "@promptops/authoring";
import { type Candidate, UserError } from "@promptops/core/domain";
import type { PlanOptions } from "@promptops/registry";

/**
 * The project's prompt files with their provenance, ready to publish.
 *
 * @throws UserError `invalid-prompts`, with every diagnostic, when a file is not valid; `no-prompts`.
 */
export async function readCandidates(root: string): Promise<readonly Candidate[]> {
  const { prompts, diagnostics } = await loadPrompts(root);
  refuseInvalid("prompts", diagnostics);
  const sources = await readSources(
    root,
    prompts.map(({ file }) => file),
  );
  return prompts.map(({ file, definition, dates }) => ({
    definition,
    ...dates,
    source: sources.get(file) ?? {},
  }));
}

/** @throws UserError `invalid-prompts` or `invalid-suites` when one of the diagnostics is an error. */
export function refuseInvalid(what: "prompts" | "suites", diagnostics: readonly Diagnostic[]): void {
  if (!diagnostics.some(({ severity }) => severity === "error")) return;
  throw new UserError(`invalid-${what}`, `the ${what} are not valid\n\n${formatDiagnostics(diagnostics)}`, {
    hint: "The ledger was left as it is. Mend the files, then run it again.",
    facts: { diagnostics },
  });
}

/** What a plan needs to know of the project besides its prompts: its repository, and the channels that ask for evidence. */
export async function readPlanOptions(root: string): Promise<PlanOptions> {
  const { settings } = await loadSettings(root);
  return { ...(await readRepository(root)), gates: settings.gates };
}
