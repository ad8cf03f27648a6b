import type { Candidate } from "./definition.ts";
import { formatRef } from "./ref.ts";

/**
 * Puts versions in an order to publish them in: as they come, but none before its parent or before a lower version of
 * the same prompt. Versions that are each other's ancestors stay as they come.
 */
export function parentsFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  const byRef = new Map(candidates.map((each) => [formatRef(each.definition), each]));
  const lower = lowerVersions(candidates);
  const placed = new Set<Candidate>();
  const ordered: Candidate[] = [];
  const place = (candidate: Candidate): void => {
    if (placed.has(candidate)) return;
    placed.add(candidate);
    for (const before of [lower.get(candidate), byRef.get(candidate.definition.parent ?? "")]) {
      if (before) place(before);
    }
    ordered.push(candidate);
  };
  for (const candidate of candidates) place(candidate);
  return ordered;
}

/** For each version, the next lower one of the same prompt. */
function lowerVersions(candidates: readonly Candidate[]): ReadonlyMap<Candidate, Candidate> {
  const lower = new Map<Candidate, Candidate>();
  for (const versions of Map.groupBy(candidates, ({ definition }) => definition.id).values()) {
    const ascending = versions.toSorted((a, b) => a.definition.version - b.definition.version);
    for (const [index, version] of ascending.entries()) {
      const before = ascending[index - 1];
      if (before) lower.set(version, before);
    }
  }
  return lower;
}
