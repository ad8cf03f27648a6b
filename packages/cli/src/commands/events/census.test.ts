import type { LedgerEvent } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { replacements, type Sighting, servedNow } from "./census.ts";
import type { ServingChange } from "./serving-changes.ts";

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString();

const change: ServingChange = {
  id: "a.b",
  channel: "live",
  versions: [2],
  replaced: [3],
  retired: false,
  since: { at: at(10) } as LedgerEvent,
};

const seen = (version: number, second: number, given: Partial<Sighting> = {}): Sighting => ({
  id: "a.b",
  channel: "live",
  service: "bot",
  version,
  events: 1,
  lastGivenAt: at(second),
  ageMs: 0,
  source: "memory",
  ...given,
});

describe("servedNow", () => {
  it.each<[string, readonly Sighting[], object]>([
    [
      "current, whatever it was given before",
      [seen(3, 12), seen(2, 13)],
      { version: 2, standing: "current" },
    ],
    ["behind, by how long", [seen(2, 5), seen(3, 14)], { version: 3, standing: "behind", behindMs: 4_000 }],
    ["not seen since", [seen(3, 9)], { version: 3, standing: "not-seen", behindMs: 0 }],
    ["one that asks for an exact version", [seen(3, 14, { channel: null })], { standing: "exact" }],
    ["not in the ledger", [seen(1, 14, { id: "c.d" })], { standing: "unknown" }],
  ])("finds a service that is %s", (_, sightings, served) => {
    const found = servedNow(sightings, (id, channel) =>
      id === change.id && channel === change.channel ? change : undefined,
    );
    expect(found).toMatchObject([served]);
  });

  it("tells services and channels apart", () => {
    const sightings = [seen(3, 14), seen(2, 14, { service: "other" }), seen(3, 14, { channel: "canary" })];
    expect(servedNow(sightings, () => change).map(({ standing }) => standing)).toEqual([
      "behind",
      "current",
      "behind",
    ]);
  });
});

describe("replacements", () => {
  it.each<[string, readonly Sighting[], object]>([
    [
      "until the last service had it",
      [seen(3, 11), seen(3, 15, { service: "other" })],
      { lagMs: 5_000, lastGivenAt: at(15) },
    ],
    ["of no time where nobody asked later", [seen(3, 9), seen(2, 20)], { lagMs: 0, lastGivenAt: at(9) }],
    ["of no time where nobody ever had it", [seen(2, 20)], { lagMs: 0, lastGivenAt: null }],
    ["of this channel alone", [seen(3, 15, { channel: "canary" })], { lastGivenAt: null }],
  ])("have a lag %s", (_, sightings, replacement) => {
    expect(replacements(sightings, [change])).toMatchObject([replacement]);
  });

  it("are none where nothing was replaced", () => {
    expect(replacements([seen(2, 1)], [{ ...change, replaced: [] }])).toEqual([]);
  });
});
