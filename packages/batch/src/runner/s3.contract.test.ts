import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createPromptClient, sendEventsTo } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { appendDraft, appendVersion, pinTo, S3Server, version } from "@promptops/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { defineBatchJob } from "../job.ts";
import { runBatchJob } from "./run-job.ts";
import type { RunSettings } from "./run-settings.ts";

const ID = "support.classifier";
const RECORDS = 12_000;

const server = new S3Server("bucket");
let folder: string;
let ledger: MemoryLedger;

beforeAll(async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_S3", await server.start());
  vi.stubEnv("AWS_REGION", "local");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-s3-"));
  ledger = new MemoryLedger();
  await appendVersion(ledger, version(ID, 1));
  sendEventsTo(() => {});
  server.objects.clear();
  const lines = Array.from({ length: RECORDS }, (_, n) => `{"n":${n}}\n`).join("");
  server.objects.set("in/a.jsonl.gz", gzipSync(lines));
});
afterEach(() => {
  sendEventsTo();
  rmSync(folder, { recursive: true });
});

const job = defineBatchJob({
  name: "number",
  prompt: ID,
  input: z.object({ n: z.number() }),
  output: z.object({ n: z.number(), version: z.number() }),
  process: ({ n }, { prompt }) => {
    if (n === 11_000) throw new Error("no");
    return { n, version: prompt.version };
  },
});

/** @param machine the name of what has no files of another. */
const run = (machine: string, given: Partial<RunSettings> = {}) =>
  runBatchJob({
    job,
    input: "s3://bucket/in/a.jsonl.gz",
    output: "s3://bucket/out",
    state: join(folder, machine),
    client: createPromptClient({ ledger }),
    channel: "live",
    batchSize: 100,
    outputFormat: "jsonl",
    concurrency: 4,
    tolerance: { count: 1 },
    stop: new AbortController().signal,
    ...given,
  });

const rows = (key: string) =>
  String(server.objects.get(key))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { record_id: number; version: number });

describe("a run from S3 to S3", () => {
  it("puts its parts, then its summary, and leaves nothing of its own there", async () => {
    const summary = await run("one");
    expect(summary).toMatchObject({ records: RECORDS, failed: 1, output: "s3://bucket/out" });
    expect([...server.objects.keys()]).toEqual([
      "in/a.jsonl.gz",
      "out/manifest.json",
      "out/part-00001.jsonl",
      "out/part-00002.jsonl",
      "out/failures-00002.jsonl",
      "out/summary.json",
    ]);
    expect(rows("out/part-00001.jsonl")).toHaveLength(10_000);
    expect(rows("out/part-00002.jsonl")).toHaveLength(1_999);
    expect(rows("out/failures-00002.jsonl")).toEqual([expect.objectContaining({ record_id: 11_000 })]);
    expect(await run("one")).toEqual(summary);
  });

  it("writes and reads Parquet", async () => {
    await run("one", { outputFormat: "parquet" });
    const input = "s3://bucket/out/part-00001.parquet";
    const again = await run("two", { input, output: "s3://bucket/again" });
    expect(again).toMatchObject({ records: 10_000, failed: 0 });
    expect(rows("again/part-00001.jsonl")[9_999]).toEqual({ record_id: 9_999, n: 9_999, version: 1 });
  });

  it("is gone on with by another machine, in its versions", async () => {
    const stopped = await run("one", { stop: AbortSignal.abort() });
    expect(stopped).toMatchObject({ stopped: "interrupted", records: 0 });
    await appendVersion(ledger, version(ID, 2));
    await appendDraft(ledger, ID, pinTo(ID, [2, 1]));
    const { runId, parts } = await run("two");
    expect(runId).toBe(stopped.runId);
    expect(parts).toHaveLength(2);
    for (const { version: number } of rows("out/part-00001.jsonl")) expect(number).toBe(1);
    expect(JSON.parse(readFileSync(join(folder, "two", "manifest.json"), "utf8"))).toMatchObject({ runId });
  });

  it("is not mixed with another one of the same output", async () => {
    await run("one");
    server.objects.delete("out/manifest.json");
    await run("two");
    await expect(run("one")).rejects.toMatchObject({ code: "another-run" });
  });

  it("ends where S3 refuses, and goes on later", async () => {
    server.failNext("AccessDenied");
    await expect(run("one")).rejects.toMatchObject({ code: "s3-failed" });
    expect(await run("one")).toMatchObject({ records: RECORDS });
  });

  it("refuses an input that is not there, or no address", async () => {
    await expect(run("one", { input: "s3://bucket/in/b.jsonl" })).rejects.toMatchObject({ code: "no-input" });
    await expect(run("one", { input: "s3://bucket" })).rejects.toMatchObject({ code: "malformed-place" });
  });

  it("refuses an input that changes as it runs", async () => {
    const first = server.objects.get("in/a.jsonl.gz") ?? Buffer.alloc(0);
    const put = server.objects.set.bind(server.objects);
    vi.spyOn(server.objects, "set").mockImplementation((key, body) => {
      if (key === "out/manifest.json") put("in/a.jsonl.gz", Buffer.concat([first, gzipSync('{"n":1}\n')]));
      return put(key, body);
    });
    await expect(run("one")).rejects.toMatchObject({ code: "changed-input" });
    vi.restoreAllMocks();
    await expect(run("one")).rejects.toMatchObject({ code: "another-run" });
  });
});
