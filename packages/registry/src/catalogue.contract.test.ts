import { type Ledger, readHead } from "@promptops/core/ledger";
import { candidate, describeLedgers, intent, version, versions } from "@promptops/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { backfill, type CatalogueFilter, catalogue, pin, retire, sync } from "./index.ts";

describeLedgers((newLedger) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
  });

  it("is empty before anything is published", async () => {
    expect(await catalogue(ledger)).toEqual([]);
  });

  it("shows each prompt with its state, what live serves, and its latest definition", async () => {
    await backfill(ledger, [...versions("b.pinned", 3), ...versions("a.latest", 2)], intent);
    await backfill(ledger, [version("c.retired", 1)], intent);
    await pin(ledger, { id: "b.pinned", version: 2 }, intent);
    await pin(ledger, { id: "a.latest", version: 1 }, intent, { channel: "canary" });
    await retire(ledger, "c.retired", intent);
    const entries = await catalogue(ledger);
    expect(entries.map(({ id, seq, live }) => ({ id, seq, live }))).toEqual([
      { id: "a.latest", seq: 3, live: 2 },
      { id: "b.pinned", seq: 4, live: 2 },
      { id: "c.retired", seq: 2, live: undefined },
    ]);
    expect(entries[1]?.definition).toEqual(version("b.pinned", 3).definition);
    expect(entries[1]?.state).toEqual((await readHead(ledger, "b.pinned"))?.state);
  });

  it("shows all of more prompts than one answer holds", async () => {
    const all = Array.from({ length: 130 }, (_, at) => candidate({ id: `team.p${1000 + at}` }));
    await sync(ledger, all, intent);
    expect((await catalogue(ledger)).map(({ id }) => id)).toEqual(all.map(({ definition }) => definition.id));
  });

  describe("filters", () => {
    beforeEach(async () => {
      const { template: _, ...conversation } = candidate({
        id: "sales.greeting",
        owner: "sales",
        model: "claude-haiku",
        tags: ["chat", "sales"],
        messages: [{ role: "user", content: "Grüße den Kunden" }],
      }).definition;
      await sync(
        ledger,
        [
          candidate({ id: "support.classifier", owner: "support", tags: ["classify"], template: "Bestimme" }),
          candidate({ id: "support.summary", owner: "support", description: "A SUMMARY of a call" }),
          { definition: conversation, source: {} },
        ],
        intent,
      );
    });

    it.each<[CatalogueFilter, string[]]>([
      [{}, ["sales.greeting", "support.classifier", "support.summary"]],
      [{ owner: "support" }, ["support.classifier", "support.summary"]],
      [{ owner: "supp" }, []],
      [{ tag: "chat" }, ["sales.greeting"]],
      [{ model: "claude-haiku" }, ["sales.greeting"]],
      [{ owner: "support", tag: "chat" }, []],
      [{ owner: "support", tag: "classify" }, ["support.classifier"]],
      [{ search: "SALES.GREET" }, ["sales.greeting"]],
      [{ search: "summary of" }, ["support.summary"]],
      [{ search: "GRÜSSE" }, []],
      [{ search: "GRÜßE" }, ["sales.greeting"]],
      [{ search: "bestimme" }, ["support.classifier"]],
      [{ search: "classify" }, ["support.classifier", "support.summary"]],
      [{ search: "nowhere" }, []],
      [{ search: "support", tag: "classify" }, ["support.classifier"]],
    ])("%o", async (filter, expected) => {
      expect((await catalogue(ledger, filter)).map(({ id }) => id)).toEqual(expected);
    });
  });

  it("looks at the latest definition alone", async () => {
    await backfill(ledger, [candidate({ id: "a.b", owner: "before" })], intent);
    await backfill(ledger, [candidate({ id: "a.b", version: 2, owner: "after" })], intent);
    expect(await catalogue(ledger, { owner: "before" })).toEqual([]);
    expect(await catalogue(ledger, { owner: "after" })).toHaveLength(1);
  });
});
