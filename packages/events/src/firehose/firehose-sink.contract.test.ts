import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from "@aws-sdk/client-firehose";
import { type FirehoseFault, FirehoseServer } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { eventsSinkIn } from "./events-sink-in.ts";
import { type FirehoseOptions, firehoseSink } from "./firehose-sink.ts";
import { recoverSpills } from "./recover-spills.ts";

const STREAM = "prompt-events";
const LONG_AGO = new Date(Date.now() - 11 * 60_000);
const HOST = hostname().replaceAll(/[^\w-]/g, "-");

let server: FirehoseServer;
let endpoint: string;
let spill: string;
let folder: string;
let warn: MockInstance<(message: string | Error, options?: NodeJS.EmitWarningOptions) => void>;
beforeEach(async () => {
  warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  vi.stubEnv("AWS_REGION", "local");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  server = new FirehoseServer(STREAM);
  endpoint = await server.start();
  spill = mkdtempSync(join(tmpdir(), "promptops-spill-"));
  folder = join(spill, STREAM);
  mkdirSync(folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await server.stop();
  rmSync(spill, { recursive: true });
});

const options = (more: Partial<FirehoseOptions> = {}): FirehoseOptions => ({
  stream: STREAM,
  endpoint,
  spill,
  ...more,
});
const sinkWith = (more: Partial<FirehoseOptions> = {}) => firehoseSink(options(more));
const lineOf = (at: number) => `{"event_id":"${at}"}`;
const linesUpTo = (count: number, length = 0) =>
  Array.from({ length: count }, (_, at) => `{"event_id":"${at}"${" ".repeat(length)}}`);
/** Batches under way at once may overtake each other. */
const expectOnceEach = (lines: readonly string[]) => {
  const arrived = server.lines();
  expect(arrived).toHaveLength(lines.length);
  const seen = new Set(arrived);
  expect(lines.filter((line) => !seen.has(line))).toEqual([]);
};
const expectWarning = (message: string, options: NodeJS.EmitWarningOptions) =>
  expect(warn.mock.calls).toEqual([[expect.stringContaining(message), options]]);

describe("a Firehose sink", () => {
  it("packs lines into few records and sends them all", async () => {
    const sink = sinkWith();
    const lines = linesUpTo(10_000, 400);
    for (const line of lines) sink.write(`${line}\n`);
    expect(await sink.close()).toEqual({ sent: 10_000, spilled: 0, lost: 0, queuedBytes: 0 });
    expectOnceEach(lines);
    expect(server.stored.length).toBeLessThan(50);
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });

  it("sends a line that is alone after a short time", async () => {
    const sink = sinkWith();
    sink.write(`${lineOf(1)}\n`);
    await vi.waitFor(() => expect(server.lines()).toEqual([lineOf(1)]), { timeout: 10_000 });
    await sink.close();
  });

  it("sends again only the records that were refused", async () => {
    const sink = sinkWith();
    const lines = linesUpTo(2_000);
    server.failNext("partial");
    for (const line of lines) sink.write(`${line}\n`);
    await sink.close();
    expect(server.requests).toEqual([4, 2]);
    expectOnceEach(lines);
  });

  it.each<FirehoseFault>(["unavailable", "internal", "throttled", "slow", "reset-before"])(
    "sends in spite of: %s",
    async (fault) => {
      const sink = sinkWith();
      server.failNext(fault, 2);
      sink.write(`${lineOf(1)}\n`);
      expect(await sink.close()).toMatchObject({ sent: 1, spilled: 0 });
      expect(server.lines()).toEqual([lineOf(1)]);
    },
  );

  it("sends twice what was taken and not answered", async () => {
    const sink = sinkWith();
    server.failNext("reset-after");
    sink.write(`${lineOf(1)}\n`);
    expect(await sink.close()).toMatchObject({ sent: 1 });
    expect(server.lines()).toEqual([lineOf(1), lineOf(1)]);
  });

  it("asks once for each try", async () => {
    const sink = sinkWith({ giveUpAfterMs: 0 });
    server.failNext("unavailable", 10);
    sink.write(`${lineOf(1)}\n`);
    await sink.close();
    expect(server.requests).toHaveLength(1);
    expectWarning("Slow down", { type: "PromptOpsWarning", code: "stream-failed" });
  });

  it("keeps in the spill what Firehose does not take, and the next sink sends it", async () => {
    const sink = sinkWith({ giveUpAfterMs: 50 });
    server.faults = { unavailable: 1 };
    const lines = linesUpTo(1_200);
    for (const line of lines) sink.write(`${line}\n`);
    expect(await sink.close()).toEqual({ sent: 0, spilled: 1_200, lost: 0, queuedBytes: 0 });
    expect(server.lines()).toEqual([]);

    server.faults = {};
    expect(await sinkWith().close()).toMatchObject({ sent: 1_200, spilled: 0 });
    expectOnceEach(lines);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("sends what it spilled itself once the stream works again", async () => {
    const sink = sinkWith({ giveUpAfterMs: 0 });
    server.failNext("unavailable");
    sink.write(`${lineOf(1)}\n`);
    expect(await sink.flush()).toMatchObject({ sent: 0, spilled: 1 });
    sink.write(`${lineOf(2)}\n`);
    expect(await sink.close()).toMatchObject({ sent: 2, spilled: 0 });
    expect(server.lines()).toEqual([lineOf(2), lineOf(1)]);
  });

  it("flushes what was written so far, however much more comes", async () => {
    const sink = sinkWith();
    let at = 0;
    const writing = setInterval(() => {
      at += 1;
      sink.write(`${lineOf(at)}\n`);
    }, 1);
    sink.write(`${lineOf(0)}\n`);
    await sink.flush();
    expect(server.lines()).toContain(lineOf(0));
    clearInterval(writing);
    await sink.close();
    expect(server.lines()).toHaveLength(at + 1);
  });

  it("tells of a failing stream once, and again when it fails again", async () => {
    const sink = sinkWith({ giveUpAfterMs: 0 });
    const flushed = async () => {
      sink.write(`${lineOf(1)}\n`);
      await sink.flush();
    };
    server.failNext("unavailable", 3);
    for (let times = 0; times < 3; times += 1) await flushed();
    expect(warn).toHaveBeenCalledTimes(1);
    await flushed();
    await vi.waitFor(() => expect(sink.delivery()).toMatchObject({ sent: 4, spilled: 0 }));
    server.failNext("unavailable");
    await flushed();
    expect(warn).toHaveBeenCalledTimes(2);
    await sink.close();
  });

  it("gives up at once where trying again is no use", async () => {
    const sink = sinkWith({ stream: "elsewhere" });
    sink.write(`${lineOf(1)}\n`);
    expect(await sink.close()).toMatchObject({ sent: 0, spilled: 1 });
    expect(server.requests).toHaveLength(1);
    expectWarning("elsewhere", { type: "PromptOpsWarning", code: "no-stream" });
  });

  it("sends what a full queue put on the disk, within its memory", async () => {
    const maxQueueBytes = 1_000_000;
    const sink = sinkWith({ maxQueueBytes });
    const lines = linesUpTo(20_000, 400);
    let most = 0;
    for (const line of lines) {
      sink.write(`${line}\n`);
      most = Math.max(most, sink.delivery().queuedBytes);
    }
    expect(readdirSync(folder).length).toBeGreaterThan(5);
    // And the record that is being filled.
    expect(most).toBeLessThanOrEqual(maxQueueBytes + 102_400);
    expect(await sink.close()).toMatchObject({ sent: 20_000, spilled: 0, lost: 0 });
    expectOnceEach(lines);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("spills at the end of the time it is given to close, and what comes later", async () => {
    const sink = sinkWith();
    server.faults = { unavailable: 1 };
    sink.write(`${lineOf(1)}\n`);
    expect(await sink.close(100)).toMatchObject({ sent: 0, spilled: 1 });
    sink.write(`${lineOf(2)}\n`);
    expect(sink.delivery()).toMatchObject({ spilled: 2, queuedBytes: 0 });
    server.faults = {};
    await recoverSpills(options());
    expect(server.lines().toSorted()).toEqual([lineOf(1), lineOf(2)]);
  });

  it("closes sooner when it is asked to while it closes", async () => {
    const sink = sinkWith();
    server.faults = { unavailable: 1 };
    sink.write(`${lineOf(1)}\n`);
    const patiently = sink.close();
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0));
    expect(await sink.close(0)).toMatchObject({ sent: 0, spilled: 1 });
    expect(await patiently).toMatchObject({ spilled: 1 });
  });

  it("writes what waits and what is under way to the disk when the process ends now", async () => {
    const sink = sinkWith();
    server.failNext("slow");
    sink.write(`${lineOf(1)}\n`);
    const sending = sink.flush();
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    sink.write(`${lineOf(2)}\n`);
    sink.spillNow();
    expect(readdirSync(folder)).toHaveLength(1);
    await sending;
    await sink.close();
    expect(new Set(server.lines())).toEqual(new Set([lineOf(1), lineOf(2)]));
  });

  it("says that it lost what no record can hold, and goes on", async () => {
    const sink = sinkWith();
    sink.write(`${"x".repeat(1_024_000)}\n`);
    sink.write(`${lineOf(1)}\n`);
    expect(await sink.close()).toMatchObject({ sent: 1, lost: 1 });
    expectWarning("events were lost", { type: "PromptOpsWarning" });
  });

  it("says that it lost what it can neither keep nor send", async () => {
    const file = join(spill, "file");
    writeFileSync(file, "");
    const sink = sinkWith({ spill: join(file, "folder"), giveUpAfterMs: 0 });
    server.faults = { unavailable: 1 };
    sink.write(`${lineOf(1)}\n`);
    expect(await sink.close()).toMatchObject({ sent: 0, spilled: 0, lost: 1 });
  });

  it.each([
    [{ stream: "no/stream" }, "malformed-stream"],
    [{ stream: ".." }, "malformed-stream"],
    [{ spill: "s3://" }, "malformed-spill"],
    [{ spill: "" }, "malformed-spill"],
  ])("refuses %j", (more, code) => {
    expect(() => sinkWith(more)).toThrow(expect.objectContaining({ code, blame: "user" }));
  });
});

describe("a spill's folder", () => {
  const fileOf = (host: string, pid: number, more = "") => {
    const name = `${host}.${pid}.abc.1.1.jsonl${more}`;
    writeFileSync(join(folder, name), `${lineOf(pid)}\n`);
    return name;
  };
  const gone = Number(execFileSync(process.execPath, ["-p", "process.pid"]).toString());

  it("gives up the files of processes that are gone, and keeps those of others", async () => {
    fileOf(HOST, gone);
    const old = fileOf("another-host", 7, ".new");
    utimesSync(join(folder, old), LONG_AGO, LONG_AGO);
    const kept = [
      fileOf(HOST, process.ppid),
      fileOf(HOST, gone, ".new"),
      fileOf("another-host", gone),
      "notes.txt",
    ];
    writeFileSync(join(folder, "notes.txt"), "");
    expect(await recoverSpills(options())).toMatchObject({ sent: 1 });
    expect(server.lines()).toEqual([lineOf(gone)]);
    expect(readdirSync(folder).toSorted()).toEqual(kept.toSorted());
  });

  it("is one for each stream", async () => {
    fileOf(HOST, gone);
    expect(await recoverSpills(options({ stream: "another" }))).toMatchObject({ sent: 0 });
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("gives up any file after ten minutes", async () => {
    const name = fileOf("another-host", 1);
    utimesSync(join(folder, name), LONG_AGO, LONG_AGO);
    expect(await recoverSpills(options())).toMatchObject({ sent: 1 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("sends each file once, however many start at once", async () => {
    fileOf(HOST, gone);
    const sinks = Array.from({ length: 5 }, () => sinkWith());
    await Promise.all(sinks.map((sink) => sink.close()));
    expect(server.lines()).toEqual([lineOf(gone)]);
  });
});

describe("the sink that the environment asks for", () => {
  it("is none without a stream", () => {
    expect(eventsSinkIn({})).toBeUndefined();
    expect(eventsSinkIn({ PROMPTOPS_EVENTS_STREAM: "" })).toBeUndefined();
  });

  it("sends to the stream that it names", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_FIREHOSE", endpoint);
    const sink = eventsSinkIn({ PROMPTOPS_EVENTS_STREAM: STREAM }, spill);
    sink?.write(`${lineOf(1)}\n`);
    await sink?.close();
    expect(server.lines()).toEqual([lineOf(1)]);
  });
});

/** What the tests above stand on. */
describe("the Firehose server of these tests", () => {
  const client = () => new FirehoseClient({ endpoint, maxAttempts: 1 });
  const put = (sizes: readonly number[], stream = STREAM) =>
    client().send(
      new PutRecordBatchCommand({
        DeliveryStreamName: stream,
        Records: sizes.map((size) => ({ Data: Buffer.alloc(size, "x") })),
      }),
    );

  it("takes what is within its limits", async () => {
    await expect(put(Array(500).fill(1))).resolves.toMatchObject({ FailedPutCount: 0 });
    await expect(put([1_024_000, 1_024_000, 1_024_000, 1_024_000, 98_304])).resolves.toMatchObject({
      FailedPutCount: 0,
      RequestResponses: Array(5).fill({ RecordId: expect.any(String) }),
    });
    expect(server.stored).toHaveLength(505);
  });

  it.each([
    ["no record", [], "ValidationException", "greater than or equal to 1"],
    ["501 records", Array(501).fill(1), "ValidationException", "less than or equal to 500"],
    ["a record over 1,000 KiB", [1, 1_024_001], "ValidationException", "records.2.member.data"],
    ["more than 4 MiB", [...Array(4).fill(1_024_000), 98_305], "InvalidArgumentException", "4 MB"],
  ])("refuses %s", async (_, sizes, name, message) => {
    await expect(put(sizes)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    expect(server.stored).toEqual([]);
  });

  it("knows one stream and one operation", async () => {
    await expect(put([1], "elsewhere")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    const other = new PutRecordCommand({ DeliveryStreamName: STREAM, Record: { Data: Buffer.from("x") } });
    await expect(client().send(other)).rejects.toMatchObject({ name: "UnknownOperationException" });
  });

  it("refuses single records in the order in which they came", async () => {
    server.failNext("partial");
    await expect(put([1, 2, 3])).resolves.toMatchObject({
      FailedPutCount: 2,
      RequestResponses: [
        { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." },
        { RecordId: expect.any(String) },
        { ErrorCode: "ServiceUnavailableException" },
      ],
    });
    expect(server.stored.map(({ length }) => length)).toEqual([2]);
  });

  it("makes the same faults for the same seed", async () => {
    const run = async () => {
      const seeded = new FirehoseServer(STREAM, { partial: 0.3, throttled: 0.3 }, 7);
      endpoint = await seeded.start();
      const outcomes: unknown[] = [];
      for (let at = 0; at < 20; at += 1) {
        outcomes.push(
          await put([1, 1, 1]).then(
            ({ FailedPutCount }) => FailedPutCount,
            (error) => error.name,
          ),
        );
      }
      await seeded.stop();
      return outcomes;
    };
    const first = await run();
    expect(new Set(first).size).toBeGreaterThan(2);
    expect(await run()).toEqual(first);
  });
});
