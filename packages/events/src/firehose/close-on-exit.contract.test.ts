import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FirehoseServer } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closeOnExit } from "./close-on-exit.ts";
import { firehoseSink } from "./firehose-sink.ts";

const PROCESS = fileURLToPath(new URL("./exit.process.ts", import.meta.url));
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

let server: FirehoseServer;
let endpoint: string;
let spill: string;
beforeEach(async () => {
  vi.stubEnv("AWS_REGION", "local");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  server = new FirehoseServer("exits");
  endpoint = await server.start();
  spill = mkdtempSync(join(tmpdir(), "promptops-exit-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  rmSync(spill, { recursive: true });
});

const start = (ending: string) =>
  spawn(process.execPath, [PROCESS, endpoint, spill, ending], { stdio: ["ignore", "pipe", "ignore"] });
const labels = (lines: readonly string[]) =>
  lines.map((line) => (JSON.parse(line) as { readonly label: unknown }).label);
const spilled = () =>
  labels(
    readdirSync(join(spill, "exits")).flatMap((name) =>
      readFileSync(join(spill, "exits", name), "utf8")
        .split("\n")
        .filter(Boolean),
    ),
  );

describe("closeOnExit", () => {
  it("sends what is left when nothing is left to do", async () => {
    expect(await once(start("natural"), "exit")).toEqual([0, null]);
    expect(labels(server.lines())).toEqual(["natural"]);
  });

  it.each(SIGNALS)("sends what is left on %s, which then ends the process", async (signal) => {
    const child = start("signal");
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([null, signal]);
    expect(labels(server.lines())).toEqual(["signal"]);
  });

  it("does not wait when it is told twice", async () => {
    server.faults = { unavailable: 1 };
    const child = start("signal");
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0), { timeout: 5_000 });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
    expect(spilled()).toEqual(["signal"]);
  });

  it.each([
    ["exit", 3],
    ["throw", 1],
  ])("spills when the process does not wait: %s", async (ending, code) => {
    expect(await once(start(ending), "exit")).toEqual([code, null]);
    expect(spilled()).toEqual([ending]);
  });

  it("is needed for all that, and can be taken back", async () => {
    const counts = () => [...SIGNALS, "beforeExit", "exit"].map((event) => process.listenerCount(event));
    const before = counts();
    const sink = firehoseSink({ stream: "exits", endpoint, spill });
    expect(counts()).toEqual(before);
    const undo = closeOnExit(sink);
    expect(counts()).toEqual(before.map((count) => count + 1));
    undo();
    expect(counts()).toEqual(before);
    await sink.close();
  });
});
