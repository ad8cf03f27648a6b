import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type FirehoseFault, FirehoseServer } from "@promptops/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Delivery } from "./firehose-sink.ts";
import { floodLine } from "./flood-line.ts";
import { RECORD_BYTES } from "./records.ts";
import { recoverSpills } from "./recover-spills.ts";

const PROCESS = fileURLToPath(new URL("./flood.process.ts", import.meta.url));
const EVENTS = 1_000_000;
const MAX_QUEUE_BYTES = 16 * 1_024 * 1_024;
const MB = 1_000_000;

const FAULTS: readonly FirehoseFault[] = [
  "partial",
  "unavailable",
  "internal",
  "throttled",
  "slow",
  "reset-before",
  "reset-after",
];

interface Report {
  readonly delivery: Delivery;
  readonly most: { readonly queuedBytes: number; readonly heapUsed: number };
}

let server: FirehoseServer;
let endpoint: string;
let spill: string;
beforeEach(async () => {
  vi.stubEnv("AWS_REGION", "local");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  server = new FirehoseServer("flood", Object.fromEntries(FAULTS.map((fault) => [fault, 0.05])), 5);
  endpoint = await server.start();
  spill = mkdtempSync(join(tmpdir(), "promptops-flood-"));
  mkdirSync(join(spill, "flood"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  rmSync(spill, { recursive: true });
});

const flood = () =>
  spawn(process.execPath, [PROCESS, endpoint, spill, String(EVENTS), String(MAX_QUEUE_BYTES)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
const linesOf = (child: ChildProcess) => createInterface({ input: child.stdout as NodeJS.ReadableStream });

/** How often each event arrived. */
function arrivals(): Uint8Array {
  const counts = new Uint8Array(EVENTS);
  for (const record of server.stored) {
    for (const line of record.toString().split("\n").filter(Boolean)) {
      const id = Number(/"event_id":"(\d+)"/.exec(line)?.[1]);
      if (`${line}\n` !== floodLine(id)) throw new Error(`not a line that was written: ${line}`);
      counts[id] = (counts[id] ?? 0) + 1;
    }
  }
  return counts;
}

it(`brings ${EVENTS} events through 5 % of every fault, within its memory`, async () => {
  const child = flood();
  let last = "";
  for await (const line of linesOf(child)) last = line;
  const { delivery, most } = JSON.parse(last) as Report;

  expect(delivery).toEqual({ sent: EVENTS, spilled: 0, lost: 0, queuedBytes: 0 });
  expect(FAULTS.filter((fault) => !server.happened.has(fault))).toEqual([]);
  // Each event is there, as it was written; those that are there twice have the same id.
  const counts = arrivals();
  expect(counts.indexOf(0)).toBe(-1);
  expect(counts.some((count) => count > 1)).toBe(true);
  expect(readdirSync(join(spill, "flood"))).toEqual([]);
  expect(most.queuedBytes).toBeLessThanOrEqual(MAX_QUEUE_BYTES + RECORD_BYTES);
  // A tenth of what was written, and the heap does not hold the queue.
  expect(most.heapUsed).toBeLessThan(200 * MB);
});

it("loses by SIGKILL at most what was in memory; what was spilled comes with the next start", async () => {
  const child = flood();
  let written = 0;
  for await (const line of linesOf(child)) {
    written = Number(line);
    if (written >= EVENTS / 4 && readdirSync(join(spill, "flood")).length > 2) break;
  }
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  expect(await exited).toEqual([null, "SIGKILL"]);

  const files = () => readdirSync(join(spill, "flood")).filter((name) => name.endsWith(".jsonl"));
  const spilled = files();
  expect(spilled.length).toBeGreaterThan(0);
  server.faults = {};
  const { sent } = await recoverSpills({ stream: "flood", endpoint, spill });
  expect(sent).toBe(spilled.reduce((sum, name) => sum + Number(name.split(".").at(-2)), 0));
  expect(files()).toEqual([]);

  const missing = arrivals()
    .subarray(0, written)
    .filter((count) => count === 0).length;
  expect(missing * floodLine(0).length).toBeLessThanOrEqual(MAX_QUEUE_BYTES + 2 * RECORD_BYTES);
});
