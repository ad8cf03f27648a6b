import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createPromptClient, ServiceError, sendEventsTo } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { appendDraft, appendVersion, pinTo, version } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { defineBatchJob, type RecordContext } from "../job.ts";
import type { Manifest } from "./manifest.ts";
import { runBatchJob } from "./run-job.ts";
import type { RunProgress } from "./run-progress.ts";
import type { RunSettings } from "./run-settings.ts";

const ID = "support.classifier";
const RECORDS = 250;

let folder: string;
let output: string;
let ledger: MemoryLedger;
let lines: Record<string, unknown>[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-run-"));
  output = join(folder, "out");
  writeFileSync(
    join(folder, "input.jsonl"),
    Array.from({ length: RECORDS }, (_, n) => `{"n":${n}}\n`).join(""),
  );
  ledger = new MemoryLedger();
  await appendVersion(ledger, version(ID, 1));
  lines = [];
  sendEventsTo((line) => lines.push(JSON.parse(line)));
});
afterEach(() => {
  sendEventsTo();
  vi.unstubAllEnvs();
  vi.resetModules();
  rmSync(folder, { recursive: true });
});

type Process = (record: { n: number }, context: RecordContext) => object | Promise<object>;

/** Says which version of the prompt each record was made with. */
const withVersion: Process = ({ n }, { prompt }) => ({ n, version: prompt.version });

const jobOf = (process: Process, name = "number") =>
  defineBatchJob({
    name,
    prompt: ID,
    input: z.object({ n: z.number() }),
    output: z.looseObject({}),
    process: (record, context) => process(record, context) as Promise<Record<string, unknown>>,
  });

const run = (process: Process, given: Partial<RunSettings> = {}) =>
  runBatchJob({
    job: jobOf(process),
    input: join(folder, "input.jsonl"),
    output,
    state: join(folder, "state"),
    // As a process of its own that resumes: nothing is in memory.
    client: createPromptClient({ ledger }),
    channel: "live",
    batchSize: 20,
    outputFormat: "jsonl",
    concurrency: 4,
    tolerance: { count: 0 },
    stop: new AbortController().signal,
    retries: { attempts: 2, wait: async () => {} },
    ...given,
  });

const rowsOf = (name: string): readonly Record<string, unknown>[] =>
  readFileSync(join(output, name), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const expected = (number = 1) =>
  Array.from({ length: RECORDS }, (_, n) => ({ record_id: n, n, version: number }));
const manifest = () => JSON.parse(readFileSync(join(output, "manifest.json"), "utf8")) as Manifest;

describe("a run", () => {
  it("has each record in its output once, in order, and says what it was", async () => {
    const summary = await run(withVersion);
    expect(rowsOf("part-00001.jsonl")).toEqual(expected());
    expect(readdirSync(output).toSorted()).toEqual(["manifest.json", "part-00001.jsonl", "summary.json"]);
    expect(summary).toMatchObject({ records: RECORDS, failed: 0, parts: ["part-00001.jsonl"] });
    expect(JSON.parse(readFileSync(join(output, "summary.json"), "utf8"))).toEqual(summary);
    expect(manifest()).toMatchObject({
      format: "promptops-batch-run/1",
      job: "number",
      prompts: [
        { id: ID, version: 1, contentHash: expect.stringMatching(/^[0-9a-f]{64}$/), channel: "live" },
      ],
      input: { bytes: expect.any(Number), fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
      batchSize: 20,
    });
  });

  it("is told of in one event, besides those of its records", async () => {
    const { runId } = await run((record, context) => context.observe({}, () => withVersion(record, context)));
    expect(lines.filter(({ event }) => event === "prompt_completed")).toHaveLength(RECORDS);
    expect(lines.filter(({ event }) => event === "batch_completed")).toEqual([
      expect.objectContaining({
        prompt_id: ID,
        prompt_version: 1,
        runtime: "batch",
        job_name: "number",
        run_id: runId,
        records_processed: RECORDS,
        extra: '{"records_failed":0}',
      }),
    ]);
  });

  it("cuts its output into parts of about 10,000 records", async () => {
    const many = Array.from({ length: 21_000 }, (_, n) => `{"n":${n}}\n`).join("");
    writeFileSync(join(folder, "input.jsonl"), many);
    const { parts = [] } = await run(withVersion, { batchSize: 3_000 });
    expect(parts.map((part) => rowsOf(part).length)).toEqual([9_000, 9_000, 3_000]);
  });

  it("that has ended is not run again", async () => {
    const first = await run(withVersion);
    expect(await run(() => expect.unreachable())).toEqual(first);
  });

  it("reads no more of the input than it needs", async () => {
    const seen: number[] = [];
    const stop = new AbortController();
    await run(
      async (record, context) => {
        seen.push(record.n);
        if (seen.length === 10) stop.abort();
        return withVersion(record, context);
      },
      { stop: stop.signal },
    );
    expect(seen.length).toBeLessThan(20);
  });

  it.each([
    ["limit", { limit: 30 }, 30],
    ["sample", { sample: 30 }, 30],
  ])("of a %s has so many records, under their numbers", async (_, given, count) => {
    await run(withVersion, given);
    const rows = rowsOf("part-00001.jsonl");
    expect(rows).toHaveLength(count);
    for (const row of rows) expect(row.record_id).toBe(row.n);
  });

  it("writes Parquet with the columns of all parts", async () => {
    const { parts } = await run(({ n }) => (n < 100 ? { n } : { n, late: `${n}` }), {
      outputFormat: "parquet",
    });
    expect(parts).toEqual(["part-00001.parquet"]);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      `SELECT count(*)::INT, count(late)::INT, max(record_id)::INT FROM '${join(output, "part-00001.parquet")}'`,
    );
    expect(reader.getRows()).toEqual([[RECORDS, RECORDS - 100, RECORDS - 1]]);
    connection.closeSync();
    instance.closeSync();
    expect(existsSync(join(output, "part-00001.jsonl"))).toBe(false);
  });
});

describe("a run that was stopped", () => {
  /** Stops after so many records, and goes on until it ends. */
  async function inPieces(size: number, process: Process, between: () => Promise<unknown>) {
    const done: number[] = [];
    for (let pieces = 1; ; pieces += 1) {
      const stop = new AbortController();
      const before = done.length;
      const summary = await run(
        async (record, context) => {
          const result = await process(record, context);
          done.push(record.n);
          if (done.length - before >= size) stop.abort();
          return result;
        },
        { stop: stop.signal },
      );
      if (summary.stopped === undefined) return { summary, done, pieces };
      expect(summary.stopped).toBe("interrupted");
      expect(existsSync(join(output, "summary.json"))).toBe(false);
      await between();
    }
  }

  it("goes on where it was, and nothing that was done is done again", async () => {
    const { summary, done, pieces } = await inPieces(7, withVersion, async () => {});
    expect(pieces).toBeGreaterThan(10);
    expect(done.toSorted((a, b) => a - b)).toEqual(expected().map(({ n }) => n));
    expect(summary.records).toBe(RECORDS);
    expect(rowsOf("part-00001.jsonl")).toEqual(expected());
  });

  it("goes on with the versions that it began with, whatever is pinned meanwhile", async () => {
    await appendVersion(ledger, version(ID, 2));
    await appendDraft(ledger, ID, pinTo(ID, [1, 1]));
    let pins = 0;
    await inPieces(60, withVersion, async () => {
      pins += 1;
      await appendDraft(ledger, ID, pinTo(ID, [pins % 2 === 1 ? 2 : 1, 1]));
    });
    expect(pins).toBeGreaterThan(1);
    expect(rowsOf("part-00001.jsonl")).toEqual(expected(1));
    expect(manifest().prompts[0]).toMatchObject({ version: 1, pinSeq: 3 });
  });

  it("counts what its records cost before", async () => {
    const costly: Process = (record, context) =>
      context.observe({}, (event) => {
        event.cost_usd = 1;
        return withVersion(record, context);
      });
    const { summary } = await inPieces(33, costly, async () => {});
    expect(summary.costUsd).toBe(RECORDS);
  });

  it("refuses a version whose content is not what the run began with", async () => {
    await inPiecesOnce();
    const text = readFileSync(join(output, "manifest.json"), "utf8");
    const other = JSON.parse(text) as Manifest;
    const prompts = other.prompts.map((prompt) => ({ ...prompt, contentHash: "0".repeat(64) }));
    writeFileSync(join(output, "manifest.json"), JSON.stringify({ ...other, prompts }));
    await expect(run(withVersion)).rejects.toMatchObject({ code: "changed-version" });
  });

  it.each<readonly [string, Partial<RunSettings>, string]>([
    ["another job", { job: jobOf(withVersion, "other") }, "job is number, not other"],
    ["another batch size", { batchSize: 21 }, "batch size is 20, not 21"],
    ["a limit", { limit: 10 }, "limit is none, not 10"],
    ["another format", { outputFormat: "parquet" }, "output format is jsonl, not parquet"],
    ["another channel", { channel: "canary" }, "channel is live, not canary"],
  ])("is not gone on with by %s", async (_, given, words) => {
    await inPiecesOnce();
    await expect(run(withVersion, given)).rejects.toMatchObject({
      code: "another-run",
      message: expect.stringContaining(words),
    });
  });

  it("is not gone on with for another input", async () => {
    await inPiecesOnce();
    writeFileSync(join(folder, "input.jsonl"), '{"n":1}\n');
    await expect(run(withVersion)).rejects.toMatchObject({ code: "another-run" });
  });

  async function inPiecesOnce() {
    const stop = new AbortController();
    await run(
      (record, context) => {
        stop.abort();
        return withVersion(record, context);
      },
      { stop: stop.signal },
    );
  }
});

it("an output folder with files of something else is left alone", async () => {
  await run(withVersion);
  rmSync(join(output, "manifest.json"));
  await expect(run(withVersion)).rejects.toMatchObject({ code: "output-not-empty" });
});

describe("records that fail", () => {
  const failing =
    (share: number): Process =>
    (record, context) => {
      if (record.n % share === 0) throw new Error(`no ${record.n}`);
      return withVersion(record, context);
    };

  it("are in a file of their own with what went in, where so many are tolerated", async () => {
    const summary = await run(failing(50), { tolerance: { count: 5 } });
    expect(summary).toMatchObject({ failed: 5, records: RECORDS });
    expect(summary.stopped).toBeUndefined();
    expect(rowsOf("part-00001.jsonl")).toHaveLength(RECORDS - 5);
    expect(rowsOf("failures-00001.jsonl")).toEqual(
      [0, 50, 100, 150, 200].map((n) => ({
        record_id: n,
        error: { code: "Error", message: `no ${n}` },
        attempts: 1,
        passing: false,
        input: { n },
      })),
    );
  });

  it("stop the run when they are more, and it goes on when more are tolerated", async () => {
    const stopped = await run(failing(50), { tolerance: { count: 2 } });
    expect(stopped).toMatchObject({ stopped: "failures", failed: 3 });
    expect(stopped.records).toBeLessThan(RECORDS);
    expect(await run(failing(50), { tolerance: { count: 5 } })).toMatchObject({
      failed: 5,
      records: RECORDS,
    });
    expect(rowsOf("part-00001.jsonl")).toHaveLength(RECORDS - 5);
  });

  it("are a share of a hundred at least while the run is under way, and of all at its end", async () => {
    expect(await run(failing(100), { tolerance: { percent: 1 }, limit: 50 })).toMatchObject({
      stopped: "failures",
      records: 50,
    });
  });
});

describe("the budget", () => {
  const MODEL = { provider: "bedrock", id: "m", price: { input: 1_000, output: 0 } };
  beforeEach(() => {
    writeFileSync(join(folder, "models.json"), JSON.stringify({ "claude-sonnet": MODEL }));
    vi.stubEnv("PROMPTOPS_MODELS", join(folder, "models.json"));
  });

  it("is kept, and the run goes on with a larger one", async () => {
    // Models are read once in a process.
    vi.resetModules();
    const fresh = await import("./run-job.ts");
    const { sendEventsTo: silence } = await import("@promptops/core");
    silence(() => {});
    const costly: Process = (record, context) =>
      context.observe({}, (event) => {
        Object.assign(event, { input_tokens: 20, output_tokens: 1 });
        return withVersion(record, context);
      });
    const budgeted = (maxCost: number) =>
      fresh.runBatchJob({
        job: jobOf(costly),
        input: join(folder, "input.jsonl"),
        output,
        state: folder,
        client: createPromptClient({ ledger }),
        channel: "live",
        batchSize: 20,
        outputFormat: "jsonl",
        concurrency: 4,
        tolerance: { count: 0 },
        stop: new AbortController().signal,
        maxCost,
      });
    const stopped = await budgeted(1);
    expect(stopped.stopped).toBe("cost");
    expect(stopped.costUsd).toBeGreaterThan(0.9);
    expect(stopped.costUsd).toBeLessThanOrEqual(1);
    const ended = await budgeted(100);
    expect(ended.costUsd).toBeCloseTo(RECORDS * 0.02);
    expect(rowsOf("part-00001.jsonl")).toEqual(expected());
  });
});

it("a budget is refused where the model has no price", async () => {
  vi.stubEnv("PROMPTOPS_MODELS", undefined);
  await expect(run(withVersion, { maxCost: 1 })).rejects.toMatchObject({ code: "no-price" });
});

describe("a worker", () => {
  it("processes whole batches, and gives the same output", async () => {
    const { processBatch } = await import("../process-batch.ts");
    const { openPrompts } = await import("../run.ts");
    const { Slots } = await import("../slots.ts");
    const sizes: number[] = [];
    await run(() => expect.unreachable(), {
      async worker(of, items) {
        sizes.push(items.length);
        const prompts = await openPrompts(of, createPromptClient({ ledger }));
        const retries = { attempts: 1, wait: async () => {} };
        const { signal } = new AbortController();
        return processBatch(jobOf(withVersion), of, items, { prompts, slots: new Slots(2), retries, signal });
      },
    });
    expect(sizes).toEqual([...Array.from({ length: 12 }, () => 20), 10]);
    expect(rowsOf("part-00001.jsonl")).toEqual(expected());
  });

  it("that fails ends the run, which goes on with what is not done", async () => {
    let calls = 0;
    const worker: RunSettings["worker"] = async () => {
      calls += 1;
      throw new ServiceError("worker-failed", "out of memory");
    };
    await expect(run(withVersion, { worker })).rejects.toMatchObject({ code: "worker-failed" });
    expect(calls).toBe(1);
    expect(await run(withVersion)).toMatchObject({ records: RECORDS });
  });
});

it("progress says how far the run is", async () => {
  const seen: RunProgress[] = [];
  await run(withVersion, { onProgress: (progress) => seen.push({ ...progress }) });
  expect(seen).toHaveLength(RECORDS);
  expect(seen.map(({ records }) => records)).toEqual(Array.from({ length: RECORDS }, (_, at) => at + 1));
  expect(seen.at(-1)).toMatchObject({ recordsNow: RECORDS, failed: 0, share: 1 });
});
