import { INDEXES, TABLE_KEY } from "@promptops/core/ledger";
import { expect, test, vi } from "vitest";

interface TableArgs {
  readonly fields: Readonly<Record<string, string>>;
  readonly primaryIndex: object;
  readonly globalIndexes: Readonly<Record<string, { hashKey: string; rangeKey: string; projection: string }>>;
  readonly deletionProtection: boolean;
}

/** What the stack asks SST for. SST's own globals are stood in for; the program itself is not evaluated here. */
test.each([
  ["production", true],
  ["ada", false],
])("the ledger's table on stage %s has the shape that core says", async (stage, protectedFromDeletion) => {
  const made: TableArgs[] = [];
  class Dynamo {
    constructor(_: string, args: TableArgs) {
      made.push(args);
    }
  }
  vi.stubGlobal("sst", { aws: { Dynamo } });
  vi.stubGlobal("$app", { stage });
  const { createLedger } = await import(new URL("../../stacks/ledger.ts", import.meta.url).href);
  createLedger();
  vi.unstubAllGlobals();

  const [table] = made;
  expect(table?.primaryIndex).toEqual({ hashKey: TABLE_KEY.hash, rangeKey: TABLE_KEY.range });
  expect(Object.keys(table?.globalIndexes ?? {}).sort()).toEqual(Object.keys(INDEXES).sort());
  for (const [name, { hash, range }] of Object.entries(INDEXES)) {
    expect(table?.globalIndexes[name]).toEqual({ hashKey: hash, rangeKey: range, projection: "keys-only" });
    expect(table?.fields).toMatchObject({ [hash]: "string", [range]: "string" });
  }
  expect(table?.deletionProtection).toBe(protectedFromDeletion);
});
