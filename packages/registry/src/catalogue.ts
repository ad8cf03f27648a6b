import { formatRef, openRecord, type PromptDefinition, type State, served } from "@promptops/core/domain";
import { type Ledger, readHead, readIds, readVersions } from "@promptops/core/ledger";
import { mapConcurrent } from "./concurrent.ts";

/** A prompt as the catalogue shows it: its state, and its latest definition. */
export interface CatalogueEntry {
  readonly id: string;
  readonly seq: number;
  readonly state: State;
  /** The version that `live` serves; absent when the prompt is retired. */
  readonly live?: number;
  readonly definition: PromptDefinition;
}

/** Narrows the catalogue; what is given must all fit. */
export interface CatalogueFilter {
  readonly owner?: string;
  readonly tag?: string;
  readonly model?: string;
  /** A text to find in id, description, tags, template or messages, in any case. */
  readonly search?: string;
}

const READS_IN_FLIGHT = 32;

/** All prompts that fit, by id. */
export async function catalogue(
  ledger: Ledger,
  filter: CatalogueFilter = {},
): Promise<readonly CatalogueEntry[]> {
  const ids = await Array.fromAsync(readIds(ledger));
  const heads = (await mapConcurrent(ids, READS_IN_FLIGHT, (id) => readHead(ledger, id))).filter(
    (head) => head !== undefined,
  );
  const refs = heads.flatMap(({ id, state }) =>
    state.latest === null ? [] : [{ id, version: state.latest.version }],
  );
  const records = new Map((await readVersions(ledger, refs)).map((record) => [formatRef(record), record]));
  return heads.flatMap(({ id, seq, state }) => {
    const record =
      state.latest === null ? undefined : records.get(formatRef({ id, version: state.latest.version }));
    if (record === undefined) return [];
    const definition = openRecord(record);
    const live = state.retired ? undefined : served(state)?.version;
    const entry = { id, seq, state, ...(live === undefined ? {} : { live }), definition };
    return fits(entry, filter) ? [entry] : [];
  });
}

function fits({ definition }: CatalogueEntry, { owner, tag, model, search }: CatalogueFilter): boolean {
  if (owner !== undefined && definition.owner !== owner) return false;
  if (tag !== undefined && !definition.tags.includes(tag)) return false;
  if (model !== undefined && definition.model !== model) return false;
  if (search === undefined) return true;
  const { id, description = "", tags, template = "", messages = [] } = definition;
  const text = [id, description, ...tags, template, ...messages.map(({ content }) => content)].join("\n");
  return text.toLowerCase().includes(search.toLowerCase());
}
