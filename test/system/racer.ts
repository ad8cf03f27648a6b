import { type Candidate, isPromptOpsError } from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import { readHead } from "@promptops/core/ledger";
import { backfill, pin } from "@promptops/registry";

/**
 * One of many processes that publish to and pin one prompt at the same time: it publishes the version after the latest
 * it sees, again when another was first, then pins it. It prints each event that the ledger acknowledged.
 */
const [endpoint = "", table = "", id = "", name = ""] = process.argv.slice(2);
const ledger = dynamoLedger({ table, endpoint });
const intent = { actor: name, reason: "race" };

for (;;) {
  const head = await readHead(ledger, id);
  const latest = head?.state.latest?.version;
  const candidate: Candidate = {
    definition: {
      id,
      version: (latest ?? 0) + 1,
      owner: "racers",
      model: "claude-sonnet-4-5",
      ...(latest === undefined ? {} : { parent: `${id}#${latest}` }),
      tags: [],
      template: `by ${name}`,
    },
    source: {},
  };
  const { events, refused } = await backfill(ledger, [candidate], intent);
  for (const event of events) acknowledge(event);
  if (events.length > 0) {
    const pinned = await pin(ledger, { id, version: candidate.definition.version }, intent);
    if (pinned !== undefined) acknowledge(pinned);
    break;
  }
  for (const { error } of refused)
    if (!isPromptOpsError(error) || error.code !== "version-taken") throw error;
}

function acknowledge({
  id: of,
  seq,
  eventId,
  type,
}: {
  id: string;
  seq: number;
  eventId: string;
  type: string;
}): void {
  process.stdout.write(`${JSON.stringify({ id: of, seq, eventId, type })}\n`);
}
