import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { availableEngines, shareEngine } from "./index.ts";
import { processOf } from "./processes.ts";
import { enginesOn, folderWithTable, keysIn, newFolder, root, startUser } from "./testing/folder.ts";
import { createTable, keys, put } from "./testing/table.ts";

afterEach(async () => {
  // A starter who was killed leaves a shell that takes a moment to notice.
  await expect.poll(() => enginesOn(root)).toEqual([]);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("an engine that is gone", () => {
  test("killed: the next user gets a new one on the same data", async () => {
    const folder = await folderWithTable();
    const first = await shareEngine(folder);
    await put(first.endpoint, "a");
    process.kill(first.pid, "SIGKILL");
    await expect.poll(() => processOf(first.pid)).toBeUndefined();
    const second = await shareEngine(folder);
    expect(second.pid).not.toBe(first.pid);
    expect(await keys(second.endpoint)).toEqual(["a"]);
    await second.release();
    expect(enginesOn(folder)).toEqual([second.pid]);
    await first.release();
  });

  test("its process id and port used by others: neither is touched", async () => {
    const folder = await folderWithTable();
    const gone = await shareEngine(folder);
    const record = JSON.parse(readFileSync(join(folder, "engine.json"), "utf8"));
    expect(record.pid).toBe(gone.pid);
    await gone.release();
    const innocent = spawn(process.execPath, ["-e", "setInterval(() => {}, 60_000)"], { stdio: "ignore" });
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
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
