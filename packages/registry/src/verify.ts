import { isVersionKey, type Ledger } from "@promptops/core/ledger";
import { mapConcurrent } from "./concurrent.ts";
import { requireHead } from "./head.ts";
import { type Misfit, replayStream } from "./replay.ts";

export interface Verification {
  readonly prompts: number;
  readonly events: number;
  readonly versions: number;
  /** The first misfit of each prompt that has one; what follows a misfit in its chain proves nothing. */
  readonly misfits: readonly Misfit[];
}

/** How many chains are replayed at once: enough to hide a network's latency. */
const STREAMS_IN_FLIGHT = 16;

/**
 * Replays chains: every event's number, hash, link and folded state, and every version item against the event that
 * announced it. Without ids it reads every key of the table too, and finds items that no event speaks of.
 *
 * What it cannot see: a stream whose newest events were cut off together with what they announced is a shorter, valid
 * chain.
 *
 * @param onPrompt is told of each prompt when it has been replayed, in no particular order.
 * @throws UserError `prompt-not-found` for an id that has no events.
 */
export async function verify(
  ledger: Ledger,
  ids?: readonly string[],
  onPrompt?: (id: string) => void,
): Promise<Verification> {
  const keys = ids === undefined ? await Array.fromAsync(ledger.keys()) : undefined;
  const streams = ids ?? [...new Set(keys?.filter((key) => !isVersionKey(key)).map(({ pk }) => pk))].sort();
  const replays = await mapConcurrent(streams, STREAMS_IN_FLIGHT, async (id) => {
    const replay = await replayStream(ledger, id);
    if (ids !== undefined && replay.events === 0 && replay.misfit === undefined) requireHead(id, undefined);
    onPrompt?.(id);
    return replay;
  });
  const events = replays.reduce((sum, replay) => sum + replay.events, 0);
  const announced = new Set(replays.flatMap((replay) => replay.announced));
  const misfits = replays.flatMap(({ misfit }) => misfit ?? []);
  const broken = new Set(misfits.map(({ pk }) => pk.replace(/#.*/, "")));
  for (const key of keys ?? []) {
    if (!isVersionKey(key) || announced.has(key.pk) || broken.has(key.pk.replace(/#.*/, ""))) continue;
    misfits.push({ ...key, problem: "no event announces this version" });
  }
  return { prompts: streams.length, events, versions: announced.size, misfits };
}
