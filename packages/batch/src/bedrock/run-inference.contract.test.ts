import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createPromptClient, sendEventsTo } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { appendVersion, S3Server, version } from "@promptops/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { defineBatchJob } from "../job.ts";
import { type InferenceSettings, runInference } from "./run-inference.ts";

const ID = "support.classifier";
const RECORDS = 150;
const ARN = "arn:aws:bedrock:eu-central-1:123456789012:model-invocation-job/abc123";

const job = defineBatchJob({
  name: "label",
  prompt: ID,
  input: z.object({ message: z.string() }),
  output: z.object({ label: z.string(), version: z.number() }),
  process: () => expect.unreachable(),
  modelCalls: {
    request: ({ message }, prompt) => ({ system: prompt.render({ message }).text }),
    result: (answer, _, { observe, prompt }) =>
      observe({}, (event) => {
        const { content } = z.object({ content: z.string() }).parse(answer);
        Object.assign(event, { input_tokens: 10, output_tokens: 1 });
        return { label: content, version: prompt.version };
      }),
  },
});

const s3 = new S3Server("bucket");
let s3Url: string;
let bedrock: Server;
let created: Record<string, unknown>[];
/** What the job is, each time that it is asked for; then the last for ever. */
let statuses: string[];
let folder: string;
let ledger: MemoryLedger;
let lines: Record<string, unknown>[];

/** Answers all but one of the questions in Bedrock's input, the last one first. */
function answer() {
  const [key] = [...s3.objects.keys()].filter((name) => name.endsWith("/input.jsonl"));
  const asked = String(s3.objects.get(key ?? ""))
    .split("\n")
    .filter(Boolean);
  const answers = asked.map((line, at) => {
    const { recordId, modelInput } = JSON.parse(line);
    if (at === 7) return { recordId, modelInput, error: { errorCode: 400, errorMessage: "too long" } };
    return { recordId, modelInput, modelOutput: { content: `for: ${modelInput.system}` } };
  });
  const output = answers.toReversed().map((line) => `${JSON.stringify(line)}\n`);
  s3.objects.set(
    `${key?.replace("/input.jsonl", "/output/abc123/input.jsonl.out")}`,
    Buffer.from(output.join("")),
  );
}

beforeAll(async () => {
  s3Url = await s3.start();
  bedrock = createServer(async (request, response) => {
    const body = await text(request);
    const reply = (value: object) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.method === "POST" && request.url === "/model-invocation-job") {
      created.push(JSON.parse(body));
      return reply({ jobArn: ARN });
    }
    if (request.url !== `/model-invocation-job/${encodeURIComponent(ARN)}`)
      return response.writeHead(404).end("{}");
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    if (status === "Completed") answer();
    return reply({ jobArn: ARN, status, message: "as told" });
  }).listen(0, "127.0.0.1");
  await once(bedrock, "listening");
});
afterAll(async () => {
  await s3.stop();
  bedrock.closeAllConnections();
  bedrock.close();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-inference-"));
  const model = { provider: "bedrock", id: "anthropic.sonnet-v1:0", price: { input: 1, output: 1 } };
  writeFileSync(join(folder, "models.json"), JSON.stringify({ "claude-sonnet": model }));
  vi.stubEnv("PROMPTOPS_MODELS", join(folder, "models.json"));
  vi.stubEnv("AWS_ENDPOINT_URL_S3", s3Url);
  vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK", `http://127.0.0.1:${(bedrock.address() as AddressInfo).port}`);
  for (const name of ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, "local");
  s3.objects.clear();
  created = [];
  statuses = ["Submitted", "InProgress", "Completed"];
  ledger = new MemoryLedger();
  await appendVersion(ledger, version(ID, 1));
  lines = [];
  sendEventsTo((line) => lines.push(JSON.parse(line)));
  input(RECORDS);
});
afterEach(() => {
  sendEventsTo();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const input = (count: number) =>
  writeFileSync(
    join(folder, "input.jsonl"),
    Array.from({ length: count }, (_, n) => (n === 3 ? '{"n":3}\n' : `{"message":"m${n}"}\n`)).join(""),
  );
const run = (given: Partial<InferenceSettings> = {}) =>
  runInference({
    job,
    input: join(folder, "input.jsonl"),
    output: join(folder, "out"),
    state: folder,
    client: createPromptClient({ ledger }),
    channel: "live",
    batchSize: 100,
    outputFormat: "jsonl",
    concurrency: 4,
    tolerance: { count: 2 },
    stop: new AbortController().signal,
    exchange: "s3://bucket/exchange",
    roleArn: "arn:aws:iam::123456789012:role/bedrock",
    clock: { now: () => 0, wait: async (_, signal) => signal.throwIfAborted() },
    ...given,
  });
const rows = (name: string): readonly Record<string, unknown>[] =>
  readFileSync(join(folder, "out", name), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe("runInference", () => {
  it("has Bedrock answer all records, and joins its answers by their names", async () => {
    const { runId, ...summary } = await run();
    expect(summary).toMatchObject({ records: RECORDS, failed: 2, inputTokens: 10 * (RECORDS - 2) });
    expect(created).toEqual([
      {
        jobName: `label-${runId.slice(0, 8)}`,
        clientRequestToken: runId,
        roleArn: "arn:aws:iam::123456789012:role/bedrock",
        modelId: "anthropic.sonnet-v1:0",
        inputDataConfig: {
          s3InputDataConfig: { s3Uri: `s3://bucket/exchange/${runId}/input.jsonl`, s3InputFormat: "JSONL" },
        },
        outputDataConfig: { s3OutputDataConfig: { s3Uri: `s3://bucket/exchange/${runId}/output/` } },
      },
    ]);
    const [question] = String(s3.objects.get(`exchange/${runId}/input.jsonl`)).split("\n");
    expect(JSON.parse(question ?? "")).toEqual({
      recordId: "R0000000000",
      modelInput: { system: "Text of version 1: m0" },
    });
    const results = rows("part-00001.jsonl");
    expect(results).toHaveLength(RECORDS - 2);
    for (const { record_id: id, label } of results) expect(label).toBe(`for: Text of version 1: m${id}`);
    expect(rows("failures-00001.jsonl")).toEqual([
      expect.objectContaining({ record_id: 3, error: expect.objectContaining({ code: "malformed-record" }) }),
      expect.objectContaining({
        record_id: 8,
        error: { code: "provider-rejected", message: "Bedrock: 400 too long" },
      }),
    ]);
    expect(lines.filter(({ event }) => event === "prompt_completed")).toHaveLength(RECORDS - 2);
  });

  it("finds its Bedrock job again after it was interrupted, in the versions that it began with", async () => {
    const stop = new AbortController();
    const wait = async () => {
      stop.abort();
      throw stop.signal.reason;
    };
    expect(await run({ stop: stop.signal, clock: { now: () => 0, wait } })).toMatchObject({
      stopped: "interrupted",
    });
    await appendVersion(ledger, version(ID, 2));
    await run();
    expect(created).toHaveLength(1);
    for (const { version: number } of rows("part-00001.jsonl")) expect(number).toBe(1);
    expect(await run()).toMatchObject({ records: RECORDS });
  });

  it.each(["Failed", "Stopped", "Expired"])("says why a job is %s", async (status) => {
    statuses = [status];
    await expect(run()).rejects.toMatchObject({
      code: "bedrock-failed",
      message: expect.stringContaining("as told"),
    });
  });

  it("refuses fewer records than Bedrock takes", async () => {
    input(50);
    await expect(run()).rejects.toMatchObject({ code: "too-few-records" });
    expect(created).toEqual([]);
  });

  it("refuses a job that does not say how its model is called", async () => {
    const { modelCalls: _, ...other } = job;
    await expect(run({ job: other })).rejects.toMatchObject({ code: "no-model-calls" });
  });
});
