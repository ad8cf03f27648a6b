import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, formatRef } from "./index.ts";
import { parentsFirst } from "./parents-first.ts";

function candidate(id: string, version: number, parent?: string): Candidate {
  return {
    definition: { id, version, owner: "o", model: "m", tags: [], template: "t", ...(parent && { parent }) },
    source: {},
  };
}

function order(...candidates: Candidate[]): string[] {
  return parentsFirst(candidates).map(({ definition }) => formatRef(definition));
}

describe("parentsFirst", () => {
  it("keeps an order in which nothing is out of place", () => {
    expect(order(candidate("b.b", 1), candidate("a.a", 1), candidate("b.b", 2, "b.b#1"))).toEqual([
      "b.b#1",
      "a.a#1",
      "b.b#2",
    ]);
  });

  it("puts a fork after what it was forked from, and a version after lower ones", () => {
    expect(
      order(candidate("a.fork", 1, "b.base#2"), candidate("b.base", 2, "b.base#1"), candidate("b.base", 1)),
    ).toEqual(["b.base#1", "b.base#2", "a.fork#1"]);
  });

  it("puts a version after lower ones that are not its ancestors", () => {
    expect(order(candidate("a.a", 3), candidate("a.a", 1), candidate("a.a", 2))).toEqual([
      "a.a#1",
      "a.a#2",
      "a.a#3",
    ]);
  });

  it("takes a parent that is not there, and a circle, as they come", () => {
    expect(order(candidate("a.a", 2, "a.a#1"))).toEqual(["a.a#2"]);
    expect(order(candidate("a.a", 1, "b.b#1"), candidate("b.b", 1, "a.a#1"))).toEqual(["b.b#1", "a.a#1"]);
  });

  it("gives back each version once", () => {
    const ref = fc.tuple(fc.constantFrom("a.a", "b.b", "c.c"), fc.integer({ min: 1, max: 5 }));
    const all = fc.uniqueArray(fc.tuple(ref, fc.option(ref, { nil: undefined })), {
      selector: ([[id, version]]) => formatRef({ id, version }),
    });
    fc.assert(
      fc.property(all, (specs) => {
        const candidates = specs.map(([[id, version], parent]) =>
          candidate(id, version, parent && formatRef({ id: parent[0], version: parent[1] })),
        );
        expect(new Set(parentsFirst(candidates))).toEqual(new Set(candidates));
        expect(parentsFirst(candidates)).toHaveLength(candidates.length);
      }),
    );
  });
});
