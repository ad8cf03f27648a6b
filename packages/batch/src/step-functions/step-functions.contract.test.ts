import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPromptClient, ServiceError, sendEventsTo } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { appendVersion, LocalApi, type Received, S3Server, version } from "@promptops/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { defineBatchJob } from "../job.ts";
import { processBatch } from "../process-batch.ts";
import { openPrompts } from "../run.ts";
import { runBatchJob } from "../runner/run-job.ts";
import { Slots } from "../slots.ts";
import type { batchWorker } from "../worker.ts";
import { runMap } from "./map-engine.ts";
import { fetchResults } from "./results.ts";
import { type DistributedRun, startRun } from "./start.ts";
import { runStatus } from "./status.ts";

const ID = "support.classifier";
const MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:batch";
const RECORDS = 1_234;

/** A record that fails, in a batch whose others do not, and a batch that fails as a whole. */
const job = defineBatchJob({
  name: "number",
  prompt: ID,
  input: z.object({ n: z.number() }),
  output: z.object({ n: z.number(), version: z.number() }),
  process: ({ n }, { prompt }) => {
    if (n === 77) throw new Error("no");
    return { n, version: prompt.version };
  },
});

interface Execution {
  readonly input: DistributedRun;
  status: string;
  output?: string;
}

let folder: string;
let s3Url: string;
let ledger: MemoryLedger;
const s3 = new S3Server("bucket");
let api: LocalApi;
const executions = new Map<string, Execution>();

/** Step Functions over HTTP, JSON 1.0, as far as runs need it. */
function answer({ headers, body }: Received): readonly [number, object] {
  const asked = body as {
    name?: string;
    input?: string;
    stateMachineArn?: string;
    executionArn?: string;
    mapRunArn?: string;
  };
  const execution = executions.get(asked.executionArn ?? "");
  switch (headers["x-amz-target"]) {
    case "AWSStepFunctions.StartExecution": {
      if (asked.stateMachineArn !== MACHINE)
        return [400, { __type: "StateMachineDoesNotExist", message: "no such machine" }];
      const executionArn = `${MACHINE.replace("stateMachine", "execution")}:${asked.name}`;
      const there = executions.get(executionArn);
      if (there !== undefined && there.status !== "RUNNING") {
        return [400, { __type: "ExecutionAlreadyExists", message: "it exists" }];
      }
      executions.set(executionArn, { input: JSON.parse(asked.input ?? ""), status: "RUNNING" });
      return [200, { executionArn, startDate: 1_760_000_000 }];
    }
    case "AWSStepFunctions.DescribeExecution": {
      if (execution === undefined) return [400, { __type: "ExecutionDoesNotExist", message: "none" }];
      const { status, output } = execution;
      return [
        200,
        {
          executionArn: asked.executionArn,
          stateMachineArn: MACHINE,
          startDate: 1_760_000_000,
          status,
          output,
        },
      ];
    }
    case "AWSStepFunctions.ListMapRuns":
      return [
        200,
        {
          mapRuns: [
            {
              executionArn: asked.executionArn,
              mapRunArn: "map-run",
              stateMachineArn: MACHINE,
              startDate: 1,
            },
          ],
        },
      ];
    case "AWSStepFunctions.DescribeMapRun": {
      const itemCounts = {
        pending: 200,
        running: 100,
        succeeded: 900,
        failed: 30,
        timedOut: 3,
        aborted: 1,
        total: RECORDS,
        resultsWritten: 0,
      };
      return [200, { mapRunArn: asked.mapRunArn, itemCounts }];
    }
    default:
      return [400, { __type: "UnknownOperationException" }];
  }
}

beforeAll(async () => {
  // The S3 client of a process keeps its endpoint.
  s3Url = await s3.start();
});
afterAll(() => s3.stop());
beforeEach(async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_S3", s3Url);
  folder = mkdtempSync(join(tmpdir(), "promptops-sfn-"));
  s3.objects.clear();
  api = await LocalApi.start((response, received) => {
    const [status, body] = answer(received);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
  });
  vi.stubEnv("AWS_ENDPOINT_URL_SFN", api.url);
  for (const name of ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, "local");
  executions.clear();
  ledger = new MemoryLedger();
  await appendVersion(ledger, version(ID, 1));
  sendEventsTo(() => {});
  const lines = Array.from({ length: RECORDS }, (_, n) => `{"n":${n}}\n`).join("");
  s3.objects.set("in/numbers.jsonl", Buffer.from(lines));
});
afterEach(async () => {
  sendEventsTo();
  vi.unstubAllEnvs();
  await api[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const settings = {
  job,
  input: "s3://bucket/in/numbers.jsonl",
  output: "s3://bucket/runs/a",
  channel: "live",
  stateMachineArn: MACHINE,
  batchSize: 100,
  concurrency: 4,
  workers: 50,
  tolerance: { percent: 5 },
};
const start = (given: Partial<typeof settings> = {}) =>
  startRun({ ...settings, client: createPromptClient({ ledger }), ...given });

describe("startRun", () => {
  it("starts an execution with the versions of now, once however often it is asked", async () => {
    const { run, executionArn } = await start();
    await appendVersion(ledger, version(ID, 2));
    expect(await start()).toEqual({ run, executionArn });
    const execution = executions.get(executionArn);
    expect(executions.size).toBe(1);
    expect(execution?.input).toEqual(run);
    expect(run).toMatchObject({
      run: { job: "number", prompts: [{ id: ID, version: 1, channel: "live" }] },
      dataset: { type: "JSONL", bucket: "bucket", key: "in/numbers.jsonl" },
      batchSize: 100,
      workers: 50,
      tolerated: { percent: 5 },
      results: "s3://bucket/runs/a",
    });
    if (execution !== undefined) execution.status = "SUCCEEDED";
    expect(await start()).toEqual({ run, executionArn });
  });

  it("keeps another run's output", async () => {
    await start();
    s3.objects.set("in/numbers.jsonl", Buffer.from("{}\n"));
    await expect(start()).rejects.toMatchObject({ code: "another-run" });
  });

  it.each([
    ["an unknown machine", { stateMachineArn: `${MACHINE}x` }, "no-state-machine"],
    ["a missing input", { input: "s3://bucket/none.jsonl" }, "no-input"],
    ["a packed input", { input: "s3://bucket/in/numbers.jsonl.gz" }, "unknown-format"],
  ])("refuses %s", async (_, given, code) => {
    await expect(start(given)).rejects.toMatchObject({ code });
  });
});

describe("runStatus", () => {
  it("says how far the map is", async () => {
    const { executionArn } = await start();
    expect(await runStatus(settings.output)).toMatchObject({
      executionArn,
      status: "RUNNING",
      records: { pending: 200, running: 100, succeeded: 900, failed: 34, total: RECORDS },
    });
  });

  it("knows nothing of what was not started", async () => {
    await expect(runStatus("s3://bucket/other")).rejects.toMatchObject({ code: "no-run" });
  });
});

describe("fetchResults", () => {
  const to = () => join(folder, "results");
  const linesIn = (file: string) => readFileSync(file, "utf8").split("\n").filter(Boolean);
  const worker = async (event: Parameters<ReturnType<typeof batchWorker>>[0]) => {
    // The worker with a ledger in memory in place of a table: its own client reads PROMPTOPS_TABLE.
    const { run, results } = event.BatchInput;
    const { batchFile, readBatchFile } = await import("../batch-file.ts");
    const first = event.Items[0]?.recordId ?? 0;
    if (first === 500) throw new ServiceError("batch-failed", "all records failed");
    const { signal } = new AbortController();
    const prompts = await openPrompts(run, createPromptClient({ ledger }));
    const retries = { attempts: 1, wait: async () => {} };
    const outcome = await processBatch(job, run, event.Items, {
      prompts,
      slots: new Slots(4),
      retries,
      signal,
    });
    const key = `runs/a/batches/${first}.jsonl`;
    const text = batchFile(first, outcome);
    s3.objects.set(key, Buffer.from(text));
    expect(results).toBe("s3://bucket/runs/a");
    return { ...readBatchFile(text).header, file: `s3://bucket/${key}` };
  };

  it("has what the local runner has, whichever batch ended first and however often it ran", async () => {
    const { run, executionArn } = await start();
    await appendVersion(ledger, version(ID, 2));
    const execution = executions.get(executionArn) as Execution;
    execution.output = await runMap(s3, run, worker);
    execution.status = "SUCCEEDED";
    const summary = await fetchResults(settings.output, to(), "jsonl");
    expect(summary).toMatchObject({ records: RECORDS, failed: 101, parts: ["part-00001.jsonl"] });

    const local = join(folder, "local");
    const other = new MemoryLedger();
    await appendVersion(other, version(ID, 1));
    await runBatchJob({
      ...settings,
      output: local,
      state: folder,
      client: createPromptClient({ ledger: other }),
      outputFormat: "jsonl",
      tolerance: { count: 1 },
      stop: new AbortController().signal,
    });
    const inFailedBatch = (line: string) => /"record_id":5\d\d,/.test(line);
    const expected = linesIn(join(local, "part-00001.jsonl")).filter((line) => !inFailedBatch(line));
    expect(linesIn(join(to(), "part-00001.jsonl"))).toEqual(expected);
    const failures = linesIn(join(to(), "failures-00001.jsonl"));
    expect(failures).toHaveLength(101);
    expect(failures[0]).toBe(linesIn(join(local, "failures-00001.jsonl"))[0]);
    expect(JSON.parse(failures[1] ?? "")).toMatchObject({
      record_id: 500,
      error: { code: "ServiceError", message: "all records failed" },
      input: { n: 500 },
    });
  });

  it("waits for nothing: a run that has not ended has no results, nor has one that left none", async () => {
    const { executionArn } = await start();
    await expect(fetchResults(settings.output, to(), "jsonl")).rejects.toMatchObject({ code: "not-ended" });
    (executions.get(executionArn) as Execution).status = "FAILED";
    await expect(fetchResults(settings.output, to(), "jsonl")).rejects.toMatchObject({ code: "no-results" });
  });
});
