import { describeEngines, LossyProxy } from "@promptops/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventKey, versionKey } from "../ledger/item.ts";
import { ConflictError, type Item, type Ledger } from "../ledger/ledger.ts";
import { connect } from "./connect.ts";
import { ensureTable } from "./create-table.ts";
import { dynamoLedger } from "./dynamo-ledger.ts";

function event(seq: number, eventId: string): Item {
  return { ...eventKey("a.b", seq), eventId, note: `from ${eventId}` };
}

const version: Item = { ...versionKey({ id: "a.b", version: 1 }), text: "t" };

describeEngines((newTable) => {
  let proxy: LossyProxy;
  let ledger: Ledger;
  let endpoint: string;
  beforeEach(async () => {
    const table = await newTable();
    proxy = new LossyProxy(table.endpoint);
    endpoint = await proxy.start();
    ledger = dynamoLedger({ ...table, endpoint });
  });
  afterEach(() => proxy?.stop());

  it.each([
    ["one item", [event(1, "mine")]],
    ["a transaction", [version, event(1, "mine")]],
  ])("takes an insert of %s for done when its answer was lost and the SDK tried again", async (_, items) => {
    proxy.loseNextAnswer();
    await ledger.insert(items);
    expect(proxy.requests).toBeGreaterThanOrEqual(2);
    expect(await ledger.get(items)).toHaveLength(items.length);
  });

  it.each([
    ["one item", [event(1, "mine")]],
    ["a transaction", [version, event(1, "mine")]],
  ])("takes an insert of %s for done when somebody repeats it", async (_, items) => {
    await ledger.insert(items);
    await ledger.insert(items);
    expect(await ledger.get(items)).toHaveLength(items.length);
  });

  it("does not take another writer's event for its own, whatever answer was lost", async () => {
    await ledger.insert([event(1, "theirs")]);
    proxy.loseNextAnswer();
    await expect(ledger.insert([version, event(1, "mine")])).rejects.toThrow(ConflictError);
    expect(await ledger.get([event(1, ""), version])).toEqual([event(1, "theirs")]);
  });

  it("reads on when an answer to a read was lost", async () => {
    await ledger.insert([event(1, "mine")]);
    proxy.loseNextAnswer();
    expect(await ledger.get([event(1, "")])).toEqual([event(1, "mine")]);
    proxy.loseNextAnswer();
    expect(await Array.fromAsync(ledger.query("a.b"))).toEqual([event(1, "mine")]);
  });

  it("says which table is missing", async () => {
    const nowhere = dynamoLedger({ endpoint, table: "nowhere" });
    const missing = { code: "no-table", blame: "service", message: expect.stringContaining("nowhere") };
    await expect(nowhere.insert([event(1, "mine")])).rejects.toMatchObject(missing);
    await expect(nowhere.get([event(1, "")])).rejects.toMatchObject(missing);
    await expect(Array.fromAsync(nowhere.query("a.b"))).rejects.toMatchObject(missing);
    await expect(Array.fromAsync(nowhere.index("catalog", "prompt"))).rejects.toMatchObject(missing);
    await expect(Array.fromAsync(nowhere.keys())).rejects.toMatchObject(missing);
  });

  it("makes a table once", async () => {
    const client = connect({ endpoint });
    await ensureTable(client, "another");
    await expect(ensureTable(client, "another")).resolves.toBeUndefined();
    client.destroy();
  });

  it("says that nobody answers", async () => {
    await proxy.stop();
    const gone = { code: "unreachable", blame: "service" };
    await expect(ledger.insert([event(1, "mine")])).rejects.toMatchObject(gone);
    await expect(Array.fromAsync(ledger.query("a.b"))).rejects.toMatchObject(gone);
    await proxy.start();
  });
});
