import { formatDiagnostics, loadPrompts, readSources } from "@promptops/authoring";
import { type Candidate, UserError } from "@promptops/core/domain";

/**
 * The project's prompt files with their provenance, ready to publish.
 *
 * @throws UserError `invalid-prompts`, with every diagnostic, when a file is not valid; `no-prompts`.
 */
export async function readCandidates(root: string): Promise<readonly Candidate[]> {
  const { prompts, diagnostics } = await loadPrompts(root);
  if (diagnostics.some(({ severity }) => severity === "error")) {
    throw new UserError(
      "invalid-prompts",
      `prompt files are not valid\n\n${formatDiagnostics(diagnostics)}`,
      {
        hint: "The ledger was left as it is. Mend the files, then run it again.",
        facts: { diagnostics },
      },
    );
  }
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
