import { sha256 } from "./hash.ts";
import type { Pin, State, VersionMark } from "./stream.ts";

/** The channel that is read and pinned when none is named. */
export const DEFAULT_CHANNEL = "live";

/**
 * The version that `channel` serves in `state`: its pin, else the latest version; undefined when nothing was
 * published. Where the pin splits callers by weight, the same `key` always gets the same version of a split.
 * Whether the prompt is retired is for the caller to ask.
 */
export function served(state: State, channel: string = DEFAULT_CHANNEL, key = ""): VersionMark | undefined {
  const pin = Object.hasOwn(state.pins, channel) ? state.pins[channel] : undefined;
  if (pin === undefined) return state.latest ?? undefined;
  return pin.versions.length === 1 ? pin.versions[0] : pick(pin, key);
}

/**
 * The key's fixed place between 0 and 1 falls into one of the versions' shares, laid end to end. So when a
 * weight changes, only the keys whose place changes hands move.
 */
function pick(pin: Pin, key: string): VersionMark | undefined {
  const place = Number.parseInt(sha256(key).slice(0, 12), 16) / 2 ** 48;
  const total = pin.versions.reduce((sum, { weight }) => sum + weight, 0);
  let end = 0;
  for (const version of pin.versions) {
    end += version.weight / total;
    if (place < end) return version;
  }
  return pin.versions.at(-1);
}
