import { type FindDefinition, history } from "@promptops/authoring";
import { type Candidate, formatRef, isPromptOpsError, type PromptDefinition } from "@promptops/core/domain";
import { inLedger } from "../candidates.ts";
import type { Context } from "../context.ts";

/** Finds versions in the files, then in git history, then in the ledger; each is read when it is needed. */
export function finder(context: Context, candidates: readonly Candidate[]): FindDefinition {
  const inFiles = among(async () => candidates.map(({ definition }) => definition));
  const inHistory = among(() => definitionsInHistory(context.root()));
  const elsewhere = inLedger(context);
  return async (ref) => (await inFiles(ref)) ?? (await inHistory(ref)) ?? (await elsewhere(ref));
}

function among(definitions: () => Promise<readonly PromptDefinition[]>): FindDefinition {
  let known: Promise<ReadonlyMap<string, PromptDefinition>> | undefined;
  return async (ref) => {
    known ??= definitions().then(
      (all) => new Map(all.map((definition) => [formatRef(definition), definition])),
    );
    return (await known).get(ref);
  };
}

/** None outside git: there the ledger alone knows older versions. */
async function definitionsInHistory(root: string): Promise<readonly PromptDefinition[]> {
  try {
    return (await history(root)).versions.map(({ definition }) => definition);
  } catch (error) {
    if (isPromptOpsError(error) && error.code === "no-git") return [];
    throw error;
  }
}
