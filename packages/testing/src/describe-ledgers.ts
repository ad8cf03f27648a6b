import { withBlobs } from "@promptops/core/blobs";
import { isPromptOpsError } from "@promptops/core/domain";
import { connect, dynamoLedger, ensureTable } from "@promptops/core/dynamo";
import type { Ledger } from "@promptops/core/ledger";
import { MemoryBlobs, MemoryLedger } from "@promptops/core/memory";
import { type Engine, type EngineKind, startEngine } from "@promptops/local";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";

/** Where a table of an embedded engine is. */
export interface TestTable {
  readonly table: string;
  readonly endpoint: string;
}

/** Makes a table that nobody has used. */
export type NewTable = () => Promise<TestTable>;

/** Makes a ledger that nobody has used. */
export type NewLedger = () => Promise<Ledger>;

const ENGINES: readonly EngineKind[] = ["dynoxide", "dynamodb-local"];

/**
 * Runs a suite against each embedded engine, one process for the whole suite. Where an engine is not installed its
 * tests are skipped, and the report says why.
 */
export function describeEngines(suite: (newTable: NewTable) => void, kinds = ENGINES): void {
  for (const kind of kinds) {
    describe(kind, () => {
      let engine: Engine | undefined;
      let missing: string | undefined;
      let tables = 0;
      beforeAll(async () => {
        try {
          engine = await startEngine({ kind });
        } catch (error) {
          if (!isPromptOpsError(error) || error.code !== "no-engine") throw error;
          missing = `${error.message}. ${error.hint}`;
        }
      });
      afterAll(() => engine?.stop());
      beforeEach((test) => {
        if (missing !== undefined) test.skip(missing);
      });
      suite(async () => {
        if (engine === undefined) throw new Error("a table is made within a test");
        tables += 1;
        const { endpoint } = engine;
        const table = `ledger-${tables}`;
        const client = connect({ endpoint });
        await ensureTable(client, table);
        client.destroy();
        return { table, endpoint };
      });
    });
  }
}

/** Runs a suite against a ledger in memory, with and without blobs, and, over HTTP through the real SDK, one on each embedded engine. */
export function describeLedgers(suite: (newLedger: NewLedger) => void): void {
  describe("memory", () => suite(async () => new MemoryLedger()));
  describe("memory with blobs", () => suite(async () => withBlobs(new MemoryLedger(), new MemoryBlobs())));
  describeEngines((newTable) => suite(async () => dynamoLedger(await newTable())));
}
