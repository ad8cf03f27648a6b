import { initial, seal } from "../domain/stream.ts";
import { recordOf } from "../domain/version.ts";
import { eventToItem, versionToItem } from "../ledger/item.ts";
import type { Item, LedgerReader } from "../ledger/ledger.ts";
import { createPromptClient } from "./client.ts";

/** For tests: reads so many distinct prompts through one client, and prints how much more the heap holds then. */
const [reads = 0, maxBytes = 0] = process.argv.slice(2).map(Number);

function versionItem(id: string): Item {
  const definition = {
    id,
    version: 1,
    owner: "o",
    model: "m",
    tags: ["a", "b"],
    variables: { message: { type: "string" as const, required: true } },
    template: `The prompt ${id} of some length. {{message}}`.padEnd(200, "."),
  };
  return versionToItem(recordOf({ definition, source: {} }, 1, "2026-03-01T12:00:00.000Z"));
}

/** A ledger in which there is every prompt: made when it is asked for, so that it takes no memory itself. */
const ledger: LedgerReader = {
  get: async ([key]) => (key === undefined ? [] : [versionItem(key.pk.split("#")[0] ?? "")]),
  async *query(id) {
    const { contentHash } = versionItem(id);
    const act = { actor: "a", now: new Date(0), eventId: "e" };
    const data = {
      version: 1,
      contentHash: String(contentHash),
      itemHash: "",
      owner: "o",
      parent: null,
      commit: null,
      gates: [],
    };
    const event = seal(id, undefined, { type: "PromptPublished", data }, act);
    yield eventToItem({
      ...event,
      state: { ...initial, latest: { version: 1, contentHash: data.contentHash } },
    });
  },
};

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const client = createPromptClient({ ledger, maxBytes });
await client.get("warm.up");
const before = heapBytes();
let most = 0;
for (let at = 0; at < reads; at += 1) {
  const id = `domain-${at % 97}.prompt-${at}`;
  await client.get(at % 10 === 0 ? id : `${id}#1`, { channel: `channel-${at % 1000}` });
  if (at % 100_000 === 0) most = Math.max(most, heapBytes() - before);
}
most = Math.max(most, heapBytes() - before);
// Asked for once more, so that nothing of it was let go of before the heap was measured.
await client.get("warm.up");
process.stdout.write(JSON.stringify({ grown: most }));
