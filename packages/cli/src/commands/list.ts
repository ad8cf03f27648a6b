import { type CatalogueFilter, catalogue } from "@promptops/registry";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { style } from "../words/style.ts";
import { table } from "../words/table.ts";

export async function list(
  context: Context,
  { owner, tag, model, search }: CatalogueFilter,
): Promise<Outcome> {
  const filter = {
    ...(owner === undefined ? {} : { owner }),
    ...(tag === undefined ? {} : { tag }),
    ...(model === undefined ? {} : { model }),
    ...(search === undefined ? {} : { search }),
  };
  const entries = await catalogue(await context.ledger(), filter);
  const rows = entries.map(({ id, state, live, definition }) => [
    id,
    state.latest === null ? "" : `#${state.latest.version}`,
    live === undefined
      ? style.warn("retired")
      : `#${live}${Object.hasOwn(state.pins, "live") ? " pinned" : ""}`,
    definition.owner,
    definition.model,
    definition.tags.join(", "),
  ]);
  const none =
    Object.keys(filter).length > 0
      ? "No prompt fits."
      : "The ledger is empty. Publish the prompt files: promptops sync";
  return {
    json: entries.map(({ id, seq, state, live, definition }) => ({
      id,
      latest: state.latest?.version ?? null,
      live: live ?? null,
      pinned: Object.keys(state.pins),
      retired: state.retired,
      owner: definition.owner,
      model: definition.model,
      tags: definition.tags,
      description: definition.description ?? null,
      seq,
    })),
    text: rows.length === 0 ? none : table(["ID", "LATEST", "LIVE", "OWNER", "MODEL", "TAGS"], rows),
  };
}
