import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { availableEngines, EngineError, type EngineKind, startEngine } from "./index.ts";
import { answers, launch } from "./launch.ts";
import { processOf, stopProcess } from "./processes.ts";
import { createTable, keys, put } from "./testing/table.ts";

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
      expect(processOf(first.pid)).toBeUndefined();
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
    expect(engines.flatMap((engine) => processOf(engine.pid) ?? [])).toEqual([]);
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

test.skipIf(!availableEngines().includes("dynoxide"))("tries another port when it loses one", async () => {
  const winner = createServer();
  const log = openSync(join(root, "engine.log"), "a+");
  const tried: number[] = [];
  const launched = await launch({
    kind: "dynoxide",
    dataPath: undefined,
    log,
    detached: false,
    async beforeRun({ port }) {
      tried.push(port);
      if (tried.length === 1) await once(winner.listen(port, "127.0.0.1"), "listening");
    },
  });
  expect(tried).toHaveLength(2);
  expect(launched.port).toBe(tried[1]);
  await stopProcess(launched);
  winner.close();
  closeSync(log);
});
