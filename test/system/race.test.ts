import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, dynamoLedger, ensureTable } from "@promptops/core/dynamo";
import { readEvents } from "@promptops/core/ledger";
import { startEngine } from "@promptops/local";
import { verify } from "@promptops/registry";
import { build } from "esbuild";
import { expect, test } from "vitest";

const RACER = fileURLToPath(new URL("./racer.ts", import.meta.url));
const PROCESSES = 200;
const PROMPTS = 5;

interface Acknowledged {
  readonly id: string;
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
}

test(`${PROCESSES} processes publish to and pin the same ${PROMPTS} prompts: no acknowledged event is lost, every chain verifies`, async () => {
  const engine = await startEngine();
  const folder = mkdtempSync(join(tmpdir(), "promptops-race-"));
  try {
    // In one file: 200 processes that each load a hundred would mostly wait for the disk and the compiler.
    const racer = join(folder, "racer.mjs");
    await build({
      entryPoints: [RACER],
      outfile: racer,
      bundle: true,
      platform: "node",
      format: "esm",
      mainFields: ["module", "main"],
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    const address = { endpoint: engine.endpoint, table: "race" };
    await ensureTable(connect(address), address.table);
    const races = Array.from({ length: PROCESSES }, (_, at) =>
      race([racer, address.endpoint, address.table, `race.prompt-${at % PROMPTS}`, `racer-${at}`]),
    );
    const acknowledged = (await Promise.all(races)).flat();

    expect(acknowledged.filter(({ type }) => type === "PromptPublished")).toHaveLength(PROCESSES);
    expect(acknowledged.filter(({ type }) => type === "PromptPinned")).toHaveLength(PROCESSES);
    const ledger = dynamoLedger(address);
    const stored: Acknowledged[] = [];
    for (let at = 0; at < PROMPTS; at += 1) {
      for await (const { id, seq, eventId, type } of readEvents(ledger, `race.prompt-${at}`)) {
        stored.push({ id, seq, eventId, type });
      }
    }
    expect(stored.toSorted(byPlace)).toEqual(acknowledged.toSorted(byPlace));
    expect(await verify(ledger)).toEqual({
      prompts: PROMPTS,
      events: 2 * PROCESSES,
      versions: PROCESSES,
      misfits: [],
    });
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true });
  }
});

function race(args: readonly string[]): Promise<readonly Acknowledged[]> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(stderr || error.message));
      else
        resolve(
          stdout
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Acknowledged),
        );
    });
  });
}

function byPlace(a: Acknowledged, b: Acknowledged): number {
  return a.id === b.id ? a.seq - b.seq : a.id < b.id ? -1 : 1;
}
