import { randomUUID } from "node:crypto";
import {
  type Candidate,
  type Draft,
  eventHash,
  type JsonObject,
  type LedgerEvent,
  placeAfter,
  recordHash,
  recordOf,
  seal,
} from "@promptops/core/domain";
import { eventToItem, type Ledger, readHead, versionToItem } from "@promptops/core/ledger";
import { intent } from "./fixtures.ts";

/** Appends an event without asking whether it makes sense. */
export async function appendDraft(ledger: Ledger, id: string, draft: Draft): Promise<LedgerEvent> {
  const event = seal(id, await readHead(ledger, id), draft, act());
  await ledger.insert([eventToItem(event)]);
  return event;
}

/** Publishes a candidate without asking whether it may be. */
export async function appendVersion(ledger: Ledger, candidate: Candidate): Promise<LedgerEvent> {
  const { id, owner, parent = null } = candidate.definition;
  const head = await readHead(ledger, id);
  const doing = act();
  const { seq, at } = placeAfter(head, doing.now);
  const record = recordOf(candidate, seq, at);
  const { version, contentHash, source } = record;
  const commit = source.commit ?? null;
  const data = { version, contentHash, itemHash: recordHash(record), owner, parent, commit, gates: [] };
  const event = seal(id, head, { type: "PromptPublished", data }, doing);
  await ledger.insert([versionToItem(record), eventToItem(event)]);
  return event;
}

/** Appends an event of a type that this release does not know, as a later one might have written it. */
export async function appendUnknown(
  ledger: Ledger,
  id: string,
  type: string,
  data: JsonObject = {},
  schema = 1,
): Promise<LedgerEvent> {
  const head = await readHead(ledger, id);
  const known = seal(id, head, { type: "PromptRestored", data: {} }, act());
  const event = { ...known, type, schema, data, state: head?.state ?? known.state };
  const sealed = { ...event, hash: eventHash(event) };
  await ledger.insert([eventToItem(sealed)]);
  return sealed;
}

function act() {
  return { ...intent, now: new Date(), eventId: randomUUID() };
}
