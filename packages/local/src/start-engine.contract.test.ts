import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { availableEngines, EngineError, type EngineKind, startEngine } from "./index.ts";
import { answers, freePort, launch } from "./launch.ts";
import { commandLine, stopProcess } from "./processes.ts";
import { createTable, keys, put } from "./test-table.ts";

const root = mkdtempSync(join(tmpdir(), "promptops-start-"));
const KINDS: EngineKind[] = ["dynoxide", "dynamodb-local"];

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(KINDS)("%s", (kind) => {
  const missing = !availableEngines().includes(kind);

  test.skipIf(missing)(
    "answers on loopback until it is stopped, and forgets what it held in memory",
    async () => {
      const first = await startEngine({ kind });
      expect(first).toMatchObject({ kind, endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
      await createTable(first.endpoint);
      await put(first.endpoint, "a");
      expect(await keys(first.endpoint)).toEqual(["a"]);
      await Promise.all([first.stop(), first.stop()]);
      expect(commandLine(first.pid)).toBe("");
      expect(await answers(kind, Number(new URL(first.endpoint).port))).toBe(false);

      const second = await startEngine({ kind });
      await createTable(second.endpoint);
      expect(await keys(second.endpoint)).toEqual([]);
      await second.stop();
    },
  );

  test.skipIf(missing)("keeps its data in a folder", async () => {
    const data = join(root, kind, "data of ümlaut");
    for (const round of [1, 2, 3]) {
      const engine = await startEngine({ kind, data });
      if (round === 1) await createTable(engine.endpoint);
      await put(engine.endpoint, `key ${round}`);
      expect(await keys(engine.endpoint)).toHaveLength(round);
      await engine.stop();
    }
  });
});

test.skipIf(!availableEngines().includes("dynoxide"))(
  "many start at once, each on its own port",
  async () => {
    const engines = await Promise.all(Array.from({ length: 12 }, () => startEngine({ kind: "dynoxide" })));
    expect(new Set(engines.map((engine) => engine.endpoint)).size).toBe(12);
    await Promise.all(engines.map((engine) => engine.stop()));
    expect(engines.map((engine) => commandLine(engine.pid))).toEqual(engines.map(() => ""));
  },
);

test.skipIf(!availableEngines().includes("dynoxide"))(
  "reports what the engine said when it dies",
  async () => {
    const data = join(root, "not a database");
    mkdirSync(data);
    writeFileSync(join(data, "ledger.db"), "This is not a database. ".repeat(100));
    const error = await startEngine({ kind: "dynoxide", data }).catch((reason) => reason);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({
      code: "engine-start",
      blame: "service",
      [Symbol.for("promptops.error")]: true,
    });
    expect(error.message).toContain("not a valid SQLite database");
    expect(error.hint).toContain(join(data, "ledger.db"));
  },
);

test("an engine that is not there is named, with what to install", async () => {
  vi.stubEnv("PATH", "");
  try {
    expect(availableEngines()).not.toContain("dynamodb-local");
    await expect(startEngine({ kind: "dynamodb-local" })).rejects.toMatchObject({
      code: "no-engine",
      message: expect.stringContaining("dynamodb-local"),
      hint: expect.stringContaining("Java 17"),
    });
  } finally {
    vi.unstubAllEnvs();
  }
});

test.skipIf(!availableEngines().includes("dynoxide"))(
  "a port lost to another process is tried again elsewhere",
  async () => {
    const winner = createServer().listen(0, "127.0.0.1");
    await once(winner, "listening");
    const lost = (winner.address() as AddressInfo).port;
    const log = openSync(join(root, "engine.log"), "wx+");
    const asked: number[] = [];
    const { pid, port } = await launch(
      { kind: "dynoxide", dataPath: undefined, log, detached: false },
      async () => {
        asked.push(asked.length === 0 ? lost : await freePort(lost));
        return asked.at(-1) ?? 0;
      },
    );
    expect(asked).toEqual([lost, port]);
    expect(port).not.toBe(lost);
    await stopProcess(pid, (line) => line.includes(`--port ${port}`));
    closeSync(log);
    winner.close();
  },
);
