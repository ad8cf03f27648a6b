import { isDeepStrictEqual } from "node:util";
import {
  canonicalJson,
  type EventData,
  eventHash,
  evolve,
  initial,
  isPromptId,
  isPromptOpsError,
  knownEvent,
  type LedgerEvent,
  openRecord,
  recordHash,
  type State,
} from "@promptops/core/domain";
import {
  eventFromItem,
  eventKey,
  eventToItem,
  type Item,
  type Key,
  type Ledger,
  versionFromItem,
  versionKey,
  versionToItem,
} from "@promptops/core/ledger";

/** An item that is not what the ledger's own events say it must be. */
export interface Misfit extends Key {
  readonly problem: string;
}

/** What replaying a stream came to. */
interface Replay {
  readonly events: number;
  readonly announced: readonly string[];
  readonly misfit?: Misfit;
}

/**
 * Replays a stream up to the first item that does not fit: each event's number, hash, link and folded state, and each
 * version item against the event that announced it.
 */
export async function replayStream(ledger: Ledger, id: string): Promise<Replay> {
  const announced: string[] = [];
  let events = 0;
  let before: LedgerEvent | undefined;
  for await (const item of ledger.query(id)) {
    const found = await checkEvent(ledger, item, before);
    if ("problem" in found) return { events, announced, misfit: found };
    if (found.announced !== undefined) announced.push(found.announced);
    before = found.event;
    events += 1;
  }
  return { events, announced };
}

async function checkEvent(
  ledger: Ledger,
  item: Item,
  before: LedgerEvent | undefined,
): Promise<Misfit | { readonly event: LedgerEvent; readonly announced?: string }> {
  const { pk, sk } = item;
  const expected = eventKey(pk, (before?.seq ?? 0) + 1);
  if (!isPromptId(pk) || sk < expected.sk || sk !== eventKey(pk, Number(sk)).sk) {
    return misfit(item, "its key is not an event's");
  }
  if (sk !== expected.sk) return misfit(expected, "it is missing from its stream");
  const event = decoded(() => eventFromItem(item));
  if (typeof event === "string") return misfit(item, event);
  const odd = firstDifference(item, eventToItem(event));
  if (odd !== undefined) return misfit(item, `attribute ${odd} is not as it was written`);
  if (eventHash(event) !== event.hash) return misfit(item, "its content does not have its hash");
  if (event.prevHash !== (before?.hash ?? null))
    return misfit(item, "it does not follow the event before it");
  if (before !== undefined && event.at < before.at)
    return misfit(item, "it is dated before the event before it");
  // What a later release writes is chained like the rest; what it does to the state is not known here.
  const known = knownEvent(event);
  if (known === undefined) return { event };
  if (!sameState(evolve(before?.state ?? initial, event.seq, known), event.state)) {
    return misfit(item, "its state does not follow from the events up to it");
  }
  if (known.type !== "PromptPublished") return { event };
  const key = versionKey({ id: event.id, version: known.data.version });
  return (await checkVersion(ledger, key, event, known.data)) ?? { event, announced: key.pk };
}

/** What is wrong with the version item that an event announced. */
async function checkVersion(
  ledger: Ledger,
  key: Key,
  { id, seq }: LedgerEvent,
  announced: EventData["PromptPublished"],
): Promise<Misfit | undefined> {
  const [item] = await storedVersion(ledger, key);
  if (item === undefined) return misfit(key, `it is missing, and event ${seq} of ${id} announced it`);
  if (typeof item === "string") return misfit(key, item);
  const record = decoded(() => versionFromItem(item));
  if (typeof record === "string") return misfit(key, record);
  const odd = firstDifference(item, versionToItem(record));
  if (odd !== undefined) return misfit(key, `attribute ${odd} is not as it was written`);
  if (recordHash(record) !== announced.itemHash) return misfit(key, "it is not what its event announced");
  const opened = decoded(() => openRecord(record));
  if (typeof opened === "string") return misfit(key, opened);
  if (record.contentHash === announced.contentHash) return undefined;
  return misfit(key, "its content is not what its event announced");
}

/** The version item, if there is one, or what is wrong with the text that it keeps elsewhere. */
async function storedVersion(ledger: Ledger, key: Key): Promise<readonly (Item | string)[]> {
  try {
    return await ledger.get([key]);
  } catch (error) {
    if (isPromptOpsError(error) && error.code === "corrupt-content") return [error.message];
    throw error;
  }
}

function misfit({ pk, sk }: Key, problem: string): Misfit {
  return { pk, sk, problem };
}

/** What reading gave, or what was wrong with it. */
function decoded<T extends object>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (isPromptOpsError(error)) return error.message;
    throw error;
  }
}

/** The first attribute in which two items differ. Not by their JSON: a changed item may hold what JSON cannot. */
function firstDifference(stored: Item, written: Item): string | undefined {
  if (isDeepStrictEqual(stored, written)) return undefined;
  const names = [...new Set([...Object.keys(stored), ...Object.keys(written)])].sort();
  return names.find((name) => !isDeepStrictEqual(stored[name], written[name])) ?? "__proto__";
}

function sameState(a: State, b: State): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
