import type { ServingChange } from "./serving-changes.ts";

/** A version that a service was given through a channel, and when last. */
export interface Sighting {
  readonly id: string;
  /** Null where the program asked for this very version. */
  readonly channel: string | null;
  readonly service: string | null;
  readonly version: number;
  readonly events: number;
  /** ISO 8601: when it was given last. */
  readonly lastGivenAt: string;
  /** How long before the ledger had said so, in milliseconds. */
  readonly ageMs: number | null;
  readonly source: string | null;
}

/**
 * How a service stands to what the ledger says. `current`; `behind`: it was given a version after the channel had
 * stopped serving it; `not-seen`: no event since the channel's change; `exact`: it asks for a version itself;
 * `unknown`: the ledger does not have the prompt.
 */
type Standing = "current" | "behind" | "not-seen" | "exact" | "unknown";

/** What a service serves right now. */
export interface Served extends Sighting {
  readonly standing: Standing;
  /** How long after the change it was still given the old version, in milliseconds; 0 unless it is behind. */
  readonly behindMs: number;
}

/** For how long a version that was replaced went on being given. */
export interface Replacement {
  readonly change: ServingChange;
  /** When one of the versions that were replaced was given last; null where that was never seen. */
  readonly lastGivenAt: string | null;
  /** From the change to that, in milliseconds; 0 where it was before. */
  readonly lagMs: number;
}

const keyOf = ({ id, channel, service }: Sighting) => JSON.stringify([id, channel, service]);

/** What each service was given last, in the order of the sightings. */
export function servedNow(
  sightings: readonly Sighting[],
  changeOf: (id: string, channel: string) => ServingChange | undefined,
): readonly Served[] {
  const newest = new Map<string, Sighting>();
  for (const sighting of sightings) {
    const known = newest.get(keyOf(sighting));
    if (known === undefined || known.lastGivenAt < sighting.lastGivenAt)
      newest.set(keyOf(sighting), sighting);
  }
  return [...newest.values()].map((sighting) => {
    const { id, channel, version, lastGivenAt } = sighting;
    if (channel === null) return { ...sighting, standing: "exact", behindMs: 0 };
    const change = changeOf(id, channel);
    if (change === undefined) return { ...sighting, standing: "unknown", behindMs: 0 };
    if (change.versions.includes(version)) return { ...sighting, standing: "current", behindMs: 0 };
    const behindMs = Date.parse(lastGivenAt) - Date.parse(change.since.at);
    if (behindMs > 0) return { ...sighting, standing: "behind", behindMs };
    return { ...sighting, standing: "not-seen", behindMs: 0 };
  });
}

/** For each change that replaced something: until when that was still given, by all services. */
export function replacements(
  sightings: readonly Sighting[],
  changes: readonly ServingChange[],
): readonly Replacement[] {
  return changes
    .filter(({ replaced }) => replaced.length > 0)
    .map((change) => {
      const given = sightings
        .filter(({ id, channel }) => id === change.id && channel === change.channel)
        .filter(({ version }) => change.replaced.includes(version))
        .map(({ lastGivenAt }) => lastGivenAt)
        .sort();
      const lastGivenAt = given.at(-1) ?? null;
      const lag = lastGivenAt === null ? 0 : Date.parse(lastGivenAt) - Date.parse(change.since.at);
      return { change, lastGivenAt, lagMs: Math.max(0, lag) };
    });
}
