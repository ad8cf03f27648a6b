import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  appendDraft,
  appendVersion,
  describeEngines,
  OutageProxy,
  pinTo,
  versions,
} from "@promptops/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dynamoLedger } from "../dynamo/dynamo-ledger.ts";
import { dynamoReader } from "../dynamo/dynamo-reader.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { createPromptClient } from "./client.ts";

const ID = "support.classifier";
const READER = fileURLToPath(new URL("./reader.process.ts", import.meta.url));

describeEngines((newTable) => {
  let proxy: OutageProxy;
  let ledger: Ledger;
  let address: { table: string; endpoint: string };
  beforeEach(async () => {
    const table = await newTable();
    ledger = dynamoLedger(table);
    for (const one of versions(ID, 3)) await appendVersion(ledger, one);
    proxy = new OutageProxy(table.endpoint);
    address = { table: table.table, endpoint: await proxy.start() };
  });
  afterEach(() => proxy?.stop());

  const asked = async (work: () => Promise<unknown>) => {
    proxy.operations.length = 0;
    await work();
    return [...proxy.operations];
  };

  it("asks no more than it must", async () => {
    const client = createPromptClient({ ledger: dynamoReader(address), ttlMs: 3_600_000 });
    expect(await asked(() => client.get(ID))).toEqual(["Query", "GetItem"]);
    expect(await asked(() => client.get(ID))).toEqual([]);
    expect(await asked(() => client.get(ID, { channel: "canary" }))).toEqual([]);
    expect(await asked(() => client.get(`${ID}#3`))).toEqual([]);
    expect(await asked(() => client.get(`${ID}#1`))).toEqual(["GetItem"]);
    const eager = createPromptClient({ ledger: dynamoReader(address), ttlMs: 0, staleWhileRevalidateMs: 0 });
    await eager.get(ID);
    expect(await asked(() => eager.get(ID))).toEqual(["Query"]);
  });

  it("makes one read of 1,000 that come at once", async () => {
    const client = createPromptClient({ ledger: dynamoReader(address), ttlMs: 3_600_000 });
    const many = () => Promise.all(Array.from({ length: 1000 }, () => client.get(ID)));
    expect(await asked(many)).toEqual(["Query", "GetItem"]);
  });

  it.each([
    ["gone", "unreachable"],
    ["throttled", "throttled"],
    ["denied", "access-denied"],
    ["corrupt", "corrupt-content"],
  ] as const)("says that the ledger is %s", async (weather, code) => {
    await appendVersion(ledger, { ...versions("a.b", 1)[0], definition: CLASSIFY } as never);
    proxy.weather = weather;
    const client = createPromptClient({ ledger: dynamoReader(address) });
    await expect(client.get("a.b")).rejects.toMatchObject({ code, blame: "service" });
  });

  it("asks before it answers when the process was stopped for longer than an answer holds", async () => {
    const child = spawn(process.execPath, [READER], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, PROMPTOPS_TABLE: address.table, PROMPTOPS_ENDPOINT: address.endpoint },
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const get = async () => {
      child.stdin.write("get\n");
      return JSON.parse((await lines.next()).value ?? "null") as unknown;
    };
    try {
      expect(await get()).toMatchObject({ version: 3, source: "ledger" });
      expect(await get()).toMatchObject({ version: 3, source: "memory" });
      child.kill("SIGSTOP");
      await appendDraft(ledger, ID, pinTo(ID, [1, 1]));
      const stopped = new Promise((resolve) => setTimeout(resolve, 1_500));
      await stopped;
      child.kill("SIGCONT");
      expect(await get()).toMatchObject({ version: 1, source: "ledger" });
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });
});

const CLASSIFY = {
  id: "a.b",
  version: 1,
  owner: "o",
  model: "m",
  tags: [],
  template: "Classify it",
};
