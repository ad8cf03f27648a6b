import { openRecord, promptNotFound, type SnapshotPrompt, type State, targets } from "@promptops/core/domain";
import { type Ledger, readHead, readIds, readVersions } from "@promptops/core/ledger";
import { mapConcurrent } from "./concurrent.ts";

const READS_IN_FLIGHT = 32;

/**
 * The prompts with these ids, or all, with the versions that their channels serve: what `formatSnapshot` writes.
 *
 * @throws UserError `prompt-not-found` for an id without events.
 * @throws ServiceError `corrupt-content` when a version is not what was published.
 */
export async function takeSnapshot(
  ledger: Ledger,
  ids: readonly string[] = [],
): Promise<readonly SnapshotPrompt[]> {
  const wanted = ids.length > 0 ? [...new Set(ids)] : await Array.fromAsync(readIds(ledger));
  return mapConcurrent(wanted, READS_IN_FLIGHT, (id) => snapshotOf(ledger, id));
}

async function snapshotOf(ledger: Ledger, id: string): Promise<SnapshotPrompt> {
  const head = await readHead(ledger, id);
  if (head === undefined) throw promptNotFound(id);
  const { seq, at, state } = head;
  const refs = servedVersions(state).map((version) => ({ id, version }));
  const records = refs.length === 0 ? [] : await readVersions(ledger, refs);
  for (const record of records) openRecord(record);
  const versions = records
    .map(({ version, contentHash, definition }) => ({ version, contentHash, definition }))
    .sort((a, b) => a.version - b.version);
  return { id, seq, at, state, versions };
}

/** The versions that any channel serves: pinned ones, those that gates let through, and the latest. */
function servedVersions(state: State): readonly number[] {
  if (state.retired) return [];
  const marks = [...Object.keys(state.pins), ...Object.keys(state.gates)].flatMap((channel) =>
    targets(state, channel),
  );
  const latest = state.latest === null ? [] : [state.latest];
  return [...new Set([...marks, ...latest].map(({ version }) => version))];
}
