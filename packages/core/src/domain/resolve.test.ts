import { shares } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { served } from "./resolve.ts";
import { initial, type Pin, type State } from "./stream.ts";

type Shares = Pin["versions"];

function pinned(versions: Shares, channel = "live"): State {
  return { ...initial, latest: { version: 99, contentHash: "h" }, pins: { [channel]: { seq: 1, versions } } };
}

function share(version: number, weight: number): Shares[number] {
  return { version, contentHash: `hash of ${version}`, weight };
}

/** The versions that 5,000 keys get; the keys are the same in every run. */
function assignments(versions: Shares): readonly (number | undefined)[] {
  const state = pinned(versions);
  return Array.from({ length: 5000 }, (_, at) => served(state, "live", `user-${at}`)?.version);
}

describe("served", () => {
  it("is the pinned version, else the latest, else none", () => {
    expect(served(initial)).toBeUndefined();
    expect(served(pinned([share(3, 1)]))).toMatchObject({ version: 3, contentHash: "hash of 3" });
    expect(served(pinned([share(3, 1)]), "canary")).toMatchObject({ version: 99 });
    expect(served(pinned([share(3, 1)], "canary"), "canary")).toMatchObject({ version: 3 });
    expect(served(pinned([share(3, 1)]), "constructor")).toMatchObject({ version: 99 });
  });

  it("is always the same version for the same key, and one of those in the pin", () => {
    fc.assert(
      fc.property(shares(), fc.string(), (versions, key) => {
        const version = served(pinned(versions), "live", key);
        expect(versions).toContainEqual(version);
        expect(served(pinned(structuredClone(versions)), "live", key)).toEqual(version);
      }),
    );
  });

  it.each<[Shares]>([
    [[share(1, 1), share(2, 1)]],
    [[share(1, 95), share(2, 5)]],
    [[share(1, 0.7), share(2, 0.2), share(3, 0.1)]],
    [[share(1, 1), share(2, 0)]],
  ])("is spread over keys by weight: %j", (versions) => {
    const got = assignments(versions);
    const total = versions.reduce((sum, { weight }) => sum + weight, 0);
    for (const { version, weight } of versions) {
      const part = got.filter((one) => one === version).length / got.length;
      expect(Math.abs(part - weight / total)).toBeLessThan(0.02);
    }
  });

  it("does not depend on the scale of the weights", () => {
    const one = assignments([share(1, 0.25), share(2, 0.75)]);
    expect(assignments([share(1, 100), share(2, 300)])).toEqual(one);
  });

  it("moves only the keys of the version that gives up a part of its share to a third", () => {
    const before = assignments([share(1, 50), share(2, 50)]);
    const after = assignments([share(1, 50), share(2, 40), share(3, 10)]);
    for (const [at, version] of after.entries()) {
      if (version !== before[at]) expect([before[at], version]).toEqual([2, 3]);
    }
    expect(new Set(after)).toEqual(new Set([1, 2, 3]));
  });

  it("moves only the keys that must move when a weight grows", () => {
    let before = assignments([share(1, 100), share(2, 0)]);
    for (const weight of [1, 5, 20, 50, 80, 100]) {
      const after = assignments([share(1, 100 - weight), share(2, weight)]);
      for (const [at, version] of after.entries()) {
        if (version !== before[at]) expect([before[at], version]).toEqual([1, 2]);
      }
      before = after;
    }
    expect(new Set(before)).toEqual(new Set([2]));
  });
});
