import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { availableEngines, shareEngine, startEngine } from "./index.ts";
import { processOf } from "./processes.ts";
import { enginesOn, folderWithTable, keysIn, newFolder, root, startUser } from "./testing/folder.ts";
import { createTable, keys, put } from "./testing/table.ts";

afterEach(async () => {
  // A starter who was killed leaves a shell that takes a moment to notice.
  await expect.poll(() => enginesOn(root)).toEqual([]);
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
    expect(processOf(one.pid)).toBeUndefined();
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
    while (!(await Promise.race([ended, sleep(25)]))) expect(enginesOn(folder).length).toBeLessThanOrEqual(1);
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
      expect(processOf(unrecorded.pid)).toBeUndefined();
    },
  );
});
