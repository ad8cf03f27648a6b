import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { availableEngines, shareEngine, startEngine } from "./index.ts";
import { commandLine, findProcesses } from "./processes.ts";
import { createTable, keys, put } from "./test-table.ts";

const USER = fileURLToPath(new URL("./share-engine.process.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "promptops-share-"));
let folders = 0;

/** The path of a folder that is not there yet. */
function newFolder(): string {
  folders += 1;
  return join(root, `project ${folders}`, ".promptops");
}

async function folderWithTable(): Promise<string> {
  const folder = newFolder();
  const engine = await shareEngine(folder);
  await createTable(engine.endpoint);
  await engine.release();
  return folder;
}

/** The engines that have data under the path. */
function enginesOn(path: string): number[] {
  return findProcesses((line) => line.includes(`-db-path ${path}`) || line.includes(`-dbPath ${path}`));
}

/** A process that uses the engine of the folder. */
function startUser(folder: string, key: string, hold?: "hold") {
  const options = [USER, folder, key, ...(hold === undefined ? [] : [hold])];
  const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  const said: string[] = [];
  lines.on("line", (line) => said.push(line));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return {
    key,
    said,
    ended,
    /** Returns when the process has said it, or has ended without. */
    says: (what: string) => {
      const heard = new Promise<void>((resolve) => lines.on("line", (line) => line === what && resolve()));
      return Promise.race([heard, ended]);
    },
    kill: () => child.kill("SIGKILL"),
    exitCode: () => child.exitCode,
  };
}

/** The keys in the folder's table, asked for as a next command would. */
async function keysIn(folder: string): Promise<string[]> {
  const engine = await shareEngine(folder);
  const found = await keys(engine.endpoint);
  expect(enginesOn(folder)).toEqual([engine.pid]);
  await engine.release();
  return found;
}

afterEach(() => {
  expect(enginesOn(root)).toEqual([]);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("users that come and go", () => {
  test("share one engine, which the last of them stops; the data stays", async () => {
    const folder = newFolder();
    const [one, two] = await Promise.all([shareEngine(folder), shareEngine(folder)]);
    expect([two.endpoint, two.pid]).toEqual([one.endpoint, one.pid]);
    await createTable(one.endpoint);
    await one.release();
    await put(two.endpoint, "a");
    await two.release();
    expect(commandLine(one.pid)).toBe("");
    expect(await keysIn(folder)).toEqual(["a"]);
  });

  test("may release again and at the same time, which does not release anybody else", async () => {
    const folder = newFolder();
    const [one, two] = [await shareEngine(folder), await shareEngine(folder)];
    await Promise.all([one.release(), one.release()]);
    await one.release();
    expect(enginesOn(folder)).toEqual([two.pid]);
    await two.release();
  });

  test("come in dozens at once, each served, with one engine at any time", async () => {
    const folder = await folderWithTable();
    const users = Array.from({ length: 60 }, (_, index) => startUser(folder, `${index}`));
    const ended = Promise.all(users.map((user) => user.ended)).then(() => true);
    while (!(await Promise.race([ended, sleep(10)]))) expect(enginesOn(folder).length).toBeLessThanOrEqual(1);
    expect(users.map((user) => user.exitCode())).toEqual(users.map(() => 0));
    expect(enginesOn(folder)).toEqual([]);
    expect(await keysIn(folder)).toEqual(users.map((user) => user.key).sort());
  });

  test("may be killed at any moment: no acknowledged write is lost, and the last survivor stops the engine", async () => {
    const folder = await folderWithTable();
    const users = Array.from({ length: 60 }, (_, index) => startUser(folder, `${index}`));
    const victims = users.filter((_, index) => index % 2 === 0);
    for (const victim of victims) {
      victim.says("asking").then(async () => {
        await sleep(Math.random() * 200);
        victim.kill();
      });
    }
    await Promise.all(users.map((user) => user.ended));
    const survivors = users.filter((user) => !victims.includes(user));
    expect(survivors.map((user) => user.exitCode())).toEqual(survivors.map(() => 0));
    const written = users.filter((user) => user.said.includes("written")).map((user) => user.key);
    expect(await keysIn(folder)).toEqual(expect.arrayContaining(written));
    expect(written).toEqual(expect.arrayContaining(survivors.map((user) => user.key)));
  });
});

describe("what a killed user leaves behind", () => {
  test("an engine: the next user takes it over and stops it", async () => {
    const folder = await folderWithTable();
    const user = startUser(folder, "a", "hold");
    await user.says("written");
    const [pid] = enginesOn(folder);
    user.kill();
    await user.ended;
    expect(enginesOn(folder)).toEqual([pid]);
    const next = await shareEngine(folder);
    expect(next.pid).toBe(pid);
    expect(await keys(next.endpoint)).toEqual(["a"]);
    await next.release();
  });

  test("something half done, while it starts the engine or stops it: the next user clears that up", async () => {
    const folder = await folderWithTable();
    for (let round = 0; round < 40; round++) {
      const user = startUser(folder, `${round}`);
      await user.says(round % 2 === 0 ? "asking" : "written");
      await sleep(Math.random() * (round % 2 === 0 ? 40 : 5));
      user.kill();
      await user.ended;
      const found = await keysIn(folder);
      if (user.said.includes("written")) expect(found).toContain(user.key);
    }
  });

  test.skipIf(!availableEngines().includes("dynoxide"))(
    "an engine that nobody recorded: it is stopped",
    async () => {
      const folder = await folderWithTable();
      const unrecorded = await startEngine({ kind: "dynoxide", data: folder });
      expect(await keysIn(folder)).toEqual([]);
      expect(commandLine(unrecorded.pid)).toBe("");
    },
  );
});

describe("an engine that is gone", () => {
  test("killed: the next user gets a new one on the same data", async () => {
    const folder = await folderWithTable();
    const first = await shareEngine(folder);
    await put(first.endpoint, "a");
    process.kill(first.pid, "SIGKILL");
    await expect.poll(() => commandLine(first.pid)).toBe("");
    const second = await shareEngine(folder);
    expect(second.pid).not.toBe(first.pid);
    expect(await keys(second.endpoint)).toEqual(["a"]);
    await second.release();
    expect(enginesOn(folder)).toEqual([second.pid]);
    await first.release();
  });

  test("its process id and port used by others: neither is touched", async () => {
    const folder = await folderWithTable();
    const innocent = spawn(process.execPath, ["-e", "setInterval(() => {}, 60_000)"], { stdio: "ignore" });
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.on("listening", resolve));
    const { port } = other.address() as { port: number };
    const record = JSON.parse(readFileSync(join(folder, "engine.json"), "utf8"));
    writeFileSync(join(folder, "engine.json"), JSON.stringify({ ...record, pid: innocent.pid, port }));

    const engine = await shareEngine(folder);
    expect(engine.pid).not.toBe(innocent.pid);
    expect(engine.endpoint).not.toContain(`:${port}`);
    expect(await keys(engine.endpoint)).toEqual([]);
    await engine.release();
    expect(innocent.exitCode ?? innocent.signalCode).toBeNull();
    innocent.kill();
    other.close();
  });

  test("a record that is no JSON is as good as none", async () => {
    const folder = await folderWithTable();
    writeFileSync(join(folder, "engine.json"), "{");
    expect(await keysIn(folder)).toEqual([]);
  });
});

describe("a folder", () => {
  test("deleted while its engine runs: the next user starts anew, and the old users do not stop that", async () => {
    const folder = await folderWithTable();
    const old = await shareEngine(folder);
    await put(old.endpoint, "old");
    rmSync(folder, { recursive: true });
    const next = await shareEngine(folder);
    expect(next.pid).not.toBe(old.pid);
    await createTable(next.endpoint);
    await old.release();
    expect(enginesOn(folder)).toEqual([next.pid]);
    expect(await keys(next.endpoint)).toEqual([]);
    await next.release();
  });

  test("deleted for good: the last of its users stops its engine", async () => {
    const folder = await folderWithTable();
    const [one, two] = [await shareEngine(folder), await shareEngine(folder)];
    rmSync(dirname(folder), { recursive: true });
    await one.release();
    expect(enginesOn(folder)).toEqual([one.pid]);
    await two.release();
  });

  test("deleted after its user was killed: the engine left over is stopped by the next user", async () => {
    const folder = await folderWithTable();
    const user = startUser(folder, "old", "hold");
    await user.says("written");
    user.kill();
    await user.ended;
    rmSync(folder, { recursive: true });
    const next = await shareEngine(folder);
    expect(enginesOn(folder)).toEqual([next.pid]);
    await next.release();
  });

  test("copied while its engine runs: the copy has an engine of its own", async () => {
    const folder = await folderWithTable();
    const original = await shareEngine(folder);
    const copy = newFolder();
    // The lock files are left out: who reads them in this process would drop its locks.
    const filter = (path: string) => !/engine\.(lock|users)$/.test(path);
    mkdirSync(copy, { recursive: true });
    cpSync(folder, copy, { recursive: true, filter });
    const engine = await shareEngine(copy);
    expect(engine.pid).not.toBe(original.pid);
    await put(original.endpoint, "original");
    expect(await keys(engine.endpoint)).toEqual([]);
    await engine.release();
    await original.release();
  });

  test("replaced by a copy of itself: its engine, which has the old data, is not taken for the new one", async () => {
    const folder = await folderWithTable();
    const user = startUser(folder, "kept", "hold");
    await user.says("written");
    user.kill();
    await user.ended;
    const copy = newFolder();
    cpSync(folder, copy, { recursive: true });
    rmSync(folder, { recursive: true });
    cpSync(copy, folder, { recursive: true });
    expect(await keysIn(folder)).toEqual(["kept"]);
  });

  test.skipIf(!availableEngines().includes("dynamodb-local"))(
    "with data of dynamodb-local: that engine is shared, even where it is not the preferred one",
    async () => {
      const folder = newFolder();
      mkdirSync(join(folder, "ledger-dynamodb-local"), { recursive: true });
      const engine = await shareEngine(folder);
      expect(engine.kind).toBe("dynamodb-local");
      await createTable(engine.endpoint);
      const users = ["a", "b", "c"].map((key) => startUser(folder, key));
      await Promise.all(users.map((user) => user.ended));
      await engine.release();
      expect(await keysIn(folder)).toEqual(["a", "b", "c"]);
    },
  );
});
