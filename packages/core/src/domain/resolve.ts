import { sha256 } from "./hash.ts";
import { defaultOf, type Pin, type State, type VersionMark } from "./stream.ts";

/** The channel that is read and pinned when none is named. */
export const DEFAULT_CHANNEL = "live";

/** What `channel` points to in `state`: its pin's versions, else the one it serves by default; none when there is none. */
export function targets(state: State, channel: string = DEFAULT_CHANNEL): Pin["versions"] {
  const pin = Object.hasOwn(state.pins, channel) ? state.pins[channel] : undefined;
  if (pin !== undefined) return pin.versions;
  const mark = defaultOf(state, channel);
  return mark === null ? [] : [{ ...mark, weight: 1 }];
}

/**
 * The version that `channel` serves in `state`, undefined when there is none. Where a pin splits callers by weight, the
 * same `key` always gets the same version of a split. Whether the prompt is retired is for the caller to ask.
 */
export function served(state: State, channel: string = DEFAULT_CHANNEL, key = ""): VersionMark | undefined {
  const versions = targets(state, channel);
  return versions.length > 1 ? pick(versions, key) : versions[0];
}

/**
 * The key's fixed place between 0 and 1 falls into one of the versions' shares, laid end to end. So when a
 * weight changes, only the keys whose place changes hands move.
 */
function pick(versions: Pin["versions"], key: string): VersionMark | undefined {
  const place = Number.parseInt(sha256(key).slice(0, 12), 16) / 2 ** 48;
  const total = versions.reduce((sum, { weight }) => sum + weight, 0);
  let end = 0;
  for (const version of versions) {
    end += version.weight / total;
    if (place < end) return version;
  }
  return versions.at(-1);
}
