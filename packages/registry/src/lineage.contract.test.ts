import { parseRef } from "@promptops/core/domain";
import type { Ledger } from "@promptops/core/ledger";
import { CountingLedger, candidate, commitOf, describeLedgers, intent, versions } from "@promptops/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { backfill, familyOf, type Kin, lineageOf, pin } from "./index.ts";

/** A tree on one line: `a.b#1(a.b#2 c.d#1)`, with a question mark after what is not published. */
function draw({ ref, published, children }: Kin): string {
  const below = children.length === 0 ? "" : `(${children.map(draw).join(" ")})`;
  return `${ref}${published ? "" : "?"}${below}`;
}

describeLedgers((newLedger) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
  });

  /** Publishes refs in this order, each with the parent after the arrow: `a.b#2 <- a.b#1`. */
  const published = async (...lines: readonly string[]) => {
    const candidates = lines.map((line) => {
      const [ref = "", parent] = line.split(" <- ");
      return candidate({ ...parseRef(ref), ...(parent === undefined ? {} : { parent }) });
    });
    for (const one of candidates) {
      const { refused } = await backfill(ledger, [one], intent);
      expect(refused).toEqual([]);
    }
  };
  const lineage = async (ref: string) => draw(await lineageOf(ledger, parseRef(ref)));
  const family = async (id: string) => (await familyOf(ledger, id)).map(draw);

  it("shows the line above a version and everything below it, forks included", async () => {
    await published(
      "a.base#1",
      "a.base#2 <- a.base#1",
      "a.base#3 <- a.base#2",
      "a.base#10 <- a.base#2",
      "b.fork#1 <- a.base#2",
      "b.fork#2 <- b.fork#1",
      "c.other#1 <- a.base#1",
    );
    const below = "a.base#2(a.base#3 a.base#10 b.fork#1(b.fork#2))";
    expect(await lineage("a.base#2")).toBe(`a.base#1(${below})`);
    expect(await lineage("a.base#1")).toBe(`a.base#1(${below} c.other#1)`);
    expect(await lineage("b.fork#2")).toBe("a.base#1(a.base#2(b.fork#1(b.fork#2)))");
    expect(await family("a.base")).toEqual([`a.base#1(${below} c.other#1)`]);
    expect(await family("b.fork")).toEqual([`a.base#1(${below} c.other#1)`]);
  });

  it("tells who owns a version, when it was published, and from what commit", async () => {
    await published("a.base#1");
    expect(await lineageOf(ledger, { id: "a.base", version: 1 })).toEqual({
      ref: "a.base#1",
      published: true,
      owner: "support-team",
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      commit: commitOf("a.base", 1),
      children: [],
    });
  });

  it("shows a parent that was never published as such", async () => {
    await published("a.base#2 <- a.base#1", "a.base#3 <- a.base#2", "b.fork#1 <- a.base#1");
    const whole = "a.base#1?(a.base#2(a.base#3) b.fork#1)";
    expect(await lineage("a.base#3")).toBe("a.base#1?(a.base#2(a.base#3))");
    expect(await family("a.base")).toEqual([whole]);
    expect(await family("b.fork")).toEqual([whole]);
    await published("a.base#1");
    expect(await family("a.base")).toEqual([whole.replace("?", "")]);
  });

  it("shows each first ancestor of a prompt", async () => {
    await published("a.base#1", "a.base#2", "b.base#1", "a.base#3 <- b.base#1");
    expect(await family("a.base")).toEqual(["a.base#1", "a.base#2", "b.base#1(a.base#3)"]);
  });

  describe("a cycle", () => {
    beforeEach(() => published("a.base#1 <- b.base#1", "b.base#1 <- a.base#1", "a.base#2 <- b.base#1"));

    it("is gone around once", async () => {
      expect(await lineage("a.base#1")).toBe("b.base#1(a.base#1(b.base#1(a.base#2)))");
      expect(await lineage("b.base#1")).toBe("a.base#1(b.base#1(a.base#1 a.base#2))");
      expect(await family("b.base")).toEqual(["a.base#1(b.base#1(a.base#2))"]);
      expect(await family("a.base")).toEqual(["a.base#1(b.base#1(a.base#2))"]);
    });

    it("shows a version that names itself", async () => {
      await published("c.self#1 <- c.self#1");
      expect(await lineage("c.self#1")).toBe("c.self#1");
      expect(await family("c.self")).toEqual(["c.self#1"]);
    });
  });

  it("reads each version of a long line a few times at most", async () => {
    await backfill(ledger, versions("a.base", 40), intent);
    await pin(ledger, { id: "a.base", version: 1 }, intent);
    const counting = new CountingLedger(ledger);
    const calls = await counting.callsDuring(() => familyOf(counting, "a.base"));
    expect(calls).toBeLessThan(4 * 40);
    expect(await lineage("a.base#40")).toBe(
      versions("a.base", 40).reduceRight(
        (below, { definition }) => `a.base#${definition.version}${below && `(${below})`}`,
        "",
      ),
    );
  });

  it("finds nothing that was never published", async () => {
    await published("a.base#2 <- a.base#1");
    await expect(lineage("a.base#9")).rejects.toMatchObject({ code: "version-not-found" });
    await expect(lineage("a.base#1")).rejects.toMatchObject({ code: "version-not-found" });
    await expect(family("nobody.here")).rejects.toMatchObject({ code: "prompt-not-found" });
  });
});
