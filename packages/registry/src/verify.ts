import { isDeepStrictEqual } from "node:util";
import {
  canonicalJson,
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
  isVersionKey,
  type Key,
  type Ledger,
  versionFromItem,
  versionKey,
  versionToItem,
} from "@promptops/core/ledger";
import { requireHead } from "./head.ts";

/** An item that is not what the ledger's own events say it must be. */
export interface Misfit extends Key {
  readonly problem: string;
}

export interface Verification {
  readonly prompts: number;
  readonly events: number;
  readonly versions: number;
  /** The first misfit of each prompt that has one; what follows a misfit in its chain proves nothing. */
  readonly misfits: readonly Misfit[];
}

/**
 * Replays chains: every event's number, hash, link and folded state, and every version item against the event that
 * announced it. Without ids it reads every key of the table too, and finds items that no event speaks of.
 *
 * What it cannot see: a stream whose newest events were cut off together with what they announced is a shorter, valid
 * chain.
 *
 * @throws UserError `prompt-not-found` for an id that has no events.
 */
export async function verify(
  ledger: Ledger,
  ids?: readonly string[],
  onPrompt?: (id: string) => void,
): Promise<Verification> {
  const keys = ids === undefined ? await Array.fromAsync(ledger.keys()) : undefined;
  const streams = ids ?? [...new Set(keys?.filter((key) => !isVersionKey(key)).map(({ pk }) => pk))].sort();
  const announced = new Set<string>();
  const misfits: Misfit[] = [];
  let events = 0;
  for (const id of streams) {
    const replay = await replayStream(ledger, id);
    if (ids !== undefined && replay.events === 0 && replay.misfit === undefined) requireHead(id, undefined);
    events += replay.events;
    for (const ref of replay.announced) announced.add(ref);
    if (replay.misfit !== undefined) misfits.push(replay.misfit);
    onPrompt?.(id);
  }
  const broken = new Set(misfits.map(({ pk }) => pk.replace(/#.*/, "")));
  for (const key of keys ?? []) {
    if (!isVersionKey(key) || announced.has(key.pk) || broken.has(key.pk.replace(/#.*/, ""))) continue;
    misfits.push({ ...key, problem: "no event announces this version" });
  }
  return { prompts: streams.length, events, versions: announced.size, misfits };
}

interface Replay {
  readonly events: number;
  readonly announced: readonly string[];
  readonly misfit?: Misfit;
}

async function replayStream(ledger: Ledger, id: string): Promise<Replay> {
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
  const misfit = (problem: string, key: Key = { pk, sk }): Misfit => ({ pk: key.pk, sk: key.sk, problem });
  const expected = eventKey(pk, (before?.seq ?? 0) + 1);
  if (!isPromptId(pk) || sk < expected.sk || sk !== eventKey(pk, Number(sk)).sk)
    return misfit("its key is not an event's");
  if (sk !== expected.sk) return misfit("it is missing from its stream", expected);
  const event = decoded(() => eventFromItem(item));
  if (typeof event === "string") return misfit(event);
  const odd = firstDifference(item, eventToItem(event));
  if (odd !== undefined) return misfit(`attribute ${odd} is not as it was written`);
  if (eventHash(event) !== event.hash) return misfit("its content does not have its hash");
  if (event.prevHash !== (before?.hash ?? null)) return misfit("it does not follow the event before it");
  if (before !== undefined && event.at < before.at) return misfit("it is dated before the event before it");
  const known = knownEvent(event);
  if (known === undefined) return { event };
  if (!sameState(evolve(before?.state ?? initial, event.seq, known), event.state)) {
    return misfit("its state does not follow from the events up to it");
  }
  if (known.type !== "PromptPublished") return { event };

  const key = versionKey({ id: event.id, version: known.data.version });
  const [stored] = await ledger.get([key]);
  if (stored === undefined) return misfit(`it is missing, and event ${event.seq} of ${pk} announced it`, key);
  const record = decoded(() => versionFromItem(stored));
  if (typeof record === "string") return misfit(record, key);
  const oddOne = firstDifference(stored, versionToItem(record));
  if (oddOne !== undefined) return misfit(`attribute ${oddOne} is not as it was written`, key);
  if (recordHash(record) !== known.data.itemHash) return misfit("it is not what its event announced", key);
  const opened = decoded(() => openRecord(record));
  if (typeof opened === "string") return misfit(opened, key);
  if (record.contentHash !== known.data.contentHash)
    return misfit("its content is not what its event announced", key);
  return { event, announced: key.pk };
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
