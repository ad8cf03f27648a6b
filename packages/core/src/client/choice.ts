import { promptNotFound } from "../domain/not-found.ts";
import type { Prompt } from "../domain/prompt.ts";
import { served } from "../domain/resolve.ts";
import type { State, VersionMark } from "../domain/stream.ts";
import type { Provenance } from "./held-version.ts";
import { nothingServed, promptRetired } from "./problems.ts";

/** The version that a channel gives to this caller; without a key each call draws anew. */
export function draw(state: State, channel: string, key: string | undefined): VersionMark | undefined {
  return served(state, channel, key ?? String(Math.random()));
}

/**
 * As {@link draw}.
 *
 * @throws UserError `prompt-retired`, `prompt-not-found` or `no-evidence` when the channel serves nothing.
 */
export function markFor(id: string, state: State, channel: string, key: string | undefined): VersionMark {
  if (state.retired) throw promptRetired(id);
  const mark = draw(state, channel, key);
  if (mark === undefined) throw state.latest === null ? promptNotFound(id) : nothingServed(id, channel);
  return mark;
}

/** The sequence number of the pin that the channel has, if it has one. */
export function pinSeqOf({ pins }: State, channel: string): number | undefined {
  return Object.hasOwn(pins, channel) ? pins[channel]?.seq : undefined;
}

/** How a prompt was come by that the ledger spoke of at `readAt`. */
export function provenanceOf(
  channel: string,
  pinSeq: number | undefined,
  source: Prompt["source"],
  readAt: number,
): Provenance {
  const ageMs = Math.max(0, Date.now() - readAt);
  return pinSeq === undefined ? { channel, source, ageMs } : { channel, pinSeq, source, ageMs };
}
