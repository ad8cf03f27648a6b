import {
  type Diagnostic,
  type FindDefinition,
  formatDiagnostics,
  loadPrompts,
  loadSettings,
  readRepository,
  readSources,
} from "@promptops/authoring";
import { type Candidate, openRecord, parseRef, UserError } from "@promptops/core/domain";
import { readVersion } from "@promptops/core/ledger";
import type { PlanOptions } from "@promptops/registry";
import type { Context } from "./context.ts";

/**
 * The project's prompt files with their provenance, ready to publish.
 *
 * @param paths files or folders to read instead of all.
 * @throws UserError `invalid-prompts`, with every diagnostic, when a file is not valid; `no-prompts`.
 */
export async function readCandidates(
  context: Context,
  paths: readonly string[] = [],
): Promise<readonly Candidate[]> {
  const root = context.root();
  const { prompts, diagnostics } = await loadPrompts(root, paths, inLedger(context));
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

/** Versions that neither the files nor git history have, such as another repository's. */
export function inLedger(context: Context): FindDefinition {
  return async (ref) => {
    const record = await readVersion(await context.ledger(), parseRef(ref));
    return record && openRecord(record);
  };
}

/** @throws UserError `invalid-prompts`, `invalid-suites` or `invalid-settings` when one of the diagnostics is an error. */
export function refuseInvalid(
  what: "prompts" | "suites" | "settings",
  diagnostics: readonly Diagnostic[],
): void {
  if (!diagnostics.some(({ severity }) => severity === "error")) return;
  throw new UserError(`invalid-${what}`, `the ${what} are not valid\n\n${formatDiagnostics(diagnostics)}`, {
    hint: "The ledger was left as it is. Mend the files, then run it again.",
    facts: { diagnostics },
  });
}

/**
 * What a plan needs to know of the project besides its prompts: its repository, and the channels that ask for evidence.
 *
 * @throws UserError `invalid-settings`, since settings that cannot be read look like none.
 */
export async function readPlanOptions(root: string): Promise<PlanOptions> {
  const { settings, diagnostics } = await loadSettings(root);
  refuseInvalid("settings", diagnostics);
  return { ...(await readRepository(root)), gates: settings.gates };
}
