import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { mkdir, watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { logPromptEvent, type Prompt, sendEventsTo } from "@promptops/core";
import { definition } from "@promptops/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EVENT_COLUMNS } from "../columns.ts";
import { sqlText } from "../sql-text.ts";
import { deliverLines, deliverLogRecords } from "./deliver.ts";
import { withDuckdb } from "./duckdb.ts";
import { ingestSpool } from "./spool.ts";

const prompt: Prompt = {
  ...definition({ events: { include: ["variables", "text", "output"], redact: [] } }),
  contentHash: "c".repeat(64),
  source: "memory",
  ageMs: 3,
  channel: "live",
  pinSeq: 7,
  render: () => ({ text: "" }),
};

let lake: string;
beforeEach(() => {
  lake = mkdtempSync(join(tmpdir(), "promptops-lake-"));
});
afterEach(() => {
  sendEventsTo();
  rmSync(lake, { recursive: true });
});

/** The line of an event with these fields. */
function line(fields: Readonly<Record<string, unknown>> = {}): string {
  const lines: string[] = [];
  sendEventsTo((text) => lines.push(text.trimEnd()));
  logPromptEvent("prompt_completed", prompt, fields);
  return lines[0] ?? "";
}

/** What CloudWatch Logs sends to a subscriber. */
function record(messages: readonly string[], messageType = "DATA_MESSAGE"): Buffer {
  const logEvents = messages.map((message, at) => ({
    id: String(at),
    timestamp: 1_760_000_000_000,
    message,
  }));
  return gzipSync(
    JSON.stringify({
      messageType,
      owner: "123456789012",
      logGroup: "/aws/lambda/classifier",
      logStream: "2026/03/01/[$LATEST]0123456789abcdef",
      subscriptionFilters: ["events"],
      logEvents,
    }),
  );
}

/** The rows of the lake, as DuckDB reads them, by event id. */
async function rows(): Promise<ReadonlyMap<unknown, Readonly<Record<string, unknown>>>> {
  const files = globSync("events/*/*/*.parquet", { cwd: lake });
  if (files.length === 0) return new Map();
  return withDuckdb(async (connection) => {
    const found = await connection.runAndReadAll(
      `SELECT * FROM read_parquet(${sqlText(join(lake, "events/*/*/*.parquet"))})`,
    );
    const all = found.getRowObjectsJS();
    expect(found.columnNames()).toEqual([...EVENT_COLUMNS.map(({ name }) => name), "dt", "hour"]);
    const byId = new Map(all.map((row) => [row.event_id, row]));
    expect(byId.size).toBe(all.length);
    return byId;
  });
}

/** What a row of this line is to say. */
function expected(text: string): Record<string, unknown> {
  const members = JSON.parse(text) as Record<string, unknown>;
  return Object.fromEntries(
    EVENT_COLUMNS.map(({ name, type }) => {
      const value = members[name] ?? null;
      if (type === "timestamp") return [name, new Date(String(value))];
      if (type === "bigint" && value !== null) return [name, BigInt(value as number)];
      return [name, typeof value === "string" ? value.toWellFormed() : value];
    }),
  );
}

const failuresOf = (kind: string) =>
  globSync(`errors/${kind}/*.json`, { cwd: lake }).flatMap((file) =>
    readFileSync(join(lake, file), "utf8")
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text)),
  );

describe("deliverLogRecords", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.string({ minLength: 1, maxLength: 1 }),
      fc.constantFrom("\u0000", "\ud800", "\u2028", "é", "😀", "'"),
    ),
  });
  const fields = fc.record(
    {
      latency_ms: fc.double({ noNaN: true, noDefaultInfinity: true }),
      input_tokens: fc.maxSafeInteger(),
      step: fc.integer(),
      cost_usd: fc.double({ min: 0, max: 10, noNaN: true }),
      label: text,
      session_id: text,
      prompt_text: text,
      prompt_variables: fc.jsonValue(),
      custom: fc.jsonValue(),
      "other field": text,
    },
    { requiredKeys: [] },
  );

  it("makes a row of every event line, with each field as it was logged", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fields, { minLength: 1, maxLength: 20 }), async (all) => {
        rmSync(join(lake, "events"), { recursive: true, force: true });
        const lines = all.map((some) => line(some));
        expect(await deliverLogRecords(lake, [record(lines)])).toEqual({ rows: lines.length, failed: 0 });
        const found = await rows();
        for (const one of lines) {
          const want = expected(one);
          const { dt, hour, ...row } = found.get(want.event_id) ?? {};
          expect(row).toEqual(want);
          expect(
            `${dt instanceof Date ? dt.toISOString().slice(0, 10) : dt}T${String(hour).padStart(2, "0")}`,
          ).toBe((want.timestamp as Date).toISOString().slice(0, 13));
          if (typeof want.extra === "string") expect(JSON.parse(want.extra)).toBeTypeOf("object");
        }
      }),
      { numRuns: 25 },
    );
  });

  it("takes the ends of what an int can be", async () => {
    const lines = [-(2 ** 31), 2 ** 31 - 1].map((step) => line({ step }));
    expect(await deliverLines(lake, lines)).toEqual({ rows: 2, failed: 0 });
  });

  it("leaves control messages, lines that are no events, and members that are no columns", async () => {
    const event = JSON.stringify({
      ...JSON.parse(line()),
      _aws: { Timestamp: 1 },
      PromptId: "x",
      Latency: 3,
    });
    const records = [
      record(["CWL CONTROL MESSAGE: Checking health of destination Firehose."], "CONTROL_MESSAGE"),
      record(["START RequestId: 1", '{"event":"other"}', '{"about":"prompt_"}', event]),
    ];
    const batch = event
      .replace('"prompt_completed"', '"batch_completed"')
      .replace(/"event_id":"[^"]*"/, '"event_id":"b"');
    expect(await deliverLogRecords(lake, [...records, record([batch])])).toEqual({ rows: 2, failed: 0 });
    const found = await rows();
    expect(found.get("b")).toMatchObject(expected(batch));
    expect(found.get(expected(event).event_id)).toMatchObject(expected(event));
    expect(readdirSync(lake)).toEqual(["events"]);
  });

  it("writes what it cannot read or convert to the error output, and goes on", async () => {
    const bad = { ...JSON.parse(line()), prompt_version: "two" };
    const timeless = { event: "prompt_invoked", prompt_id: "a.b" };
    const broken = Buffer.from("no gzip");
    const records = [broken, record([JSON.stringify(bad), JSON.stringify(timeless), line()])];
    expect(await deliverLogRecords(lake, records)).toEqual({ rows: 1, failed: 3 });
    expect((await rows()).size).toBe(1);
    const raw = (text: string | Uint8Array) => Buffer.from(text).toString("base64");
    expect(failuresOf("format-conversion-failed")).toMatchObject([
      { lastErrorMessage: expect.stringContaining("prompt_version"), rawData: raw(JSON.stringify(bad)) },
    ]);
    expect(
      failuresOf("processing-failed")
        .map(({ rawData }) => rawData)
        .sort(),
    ).toEqual([raw(broken), raw(JSON.stringify(timeless))].sort());
  });

  it.each([
    ["prompt_version", 1.5],
    ["prompt_version", 2 ** 31],
    ["age_ms", 2 ** 60],
    ["latency_ms", "fast"],
    ["label", { a: 1 }],
    ["timestamp", "yesterday"],
    ["timestamp", "2026-03-01T25:00:00.000Z"],
    ["timestamp", 1_760_000_000_000],
  ])("does not convert a %s of %s", async (name, value) => {
    const text = JSON.stringify({ ...JSON.parse(line()), [name]: value });
    expect(await deliverLines(lake, [text])).toEqual({ rows: 0, failed: 1 });
    expect(failuresOf("format-conversion-failed")).toHaveLength(1);
  });
});

describe("deliverLines", () => {
  it("lays each event under its own day and hour", async () => {
    const at = (timestamp: string) => JSON.stringify({ ...JSON.parse(line()), timestamp });
    await deliverLines(lake, [
      at("2026-03-01T09:59:59.999Z"),
      at("2026-03-01T10:00:00.000Z"),
      at("2026-03-02T00:00:00Z"),
    ]);
    expect(globSync("events/*/*", { cwd: lake }).sort()).toEqual([
      "events/dt=2026-03-01/hour=09",
      "events/dt=2026-03-01/hour=10",
      "events/dt=2026-03-02/hour=00",
    ]);
  });

  it("changes nothing when the same lines come again, also at once", async () => {
    const lines = [line(), line()];
    await Promise.all([deliverLines(lake, lines), deliverLines(lake, lines)]);
    await deliverLines(lake, lines);
    expect((await rows()).size).toBe(2);
  });
});

describe("ingestSpool", () => {
  let spool: string;
  /** Of a program that runs, and of one that has ended: no process has an id like that. */
  const running = `${process.pid}-1.jsonl`;
  const ended = "999999999-1.jsonl";
  beforeEach(async () => {
    spool = join(lake, "spool");
    await mkdir(spool);
  });
  const spooled = (file: string, text: string) => appendFileSync(join(spool, file), text);

  it("takes whole lines of a program that runs, each once", async () => {
    const [first, second] = [line(), line()];
    spooled(running, `${first}\n${second.slice(0, 40)}`);
    expect(await ingestSpool(lake, spool)).toEqual({ rows: 1, failed: 0 });
    expect(await ingestSpool(lake, spool)).toEqual({ rows: 0, failed: 0 });
    spooled(running, `${second.slice(40)}\n`);
    expect(await ingestSpool(lake, spool)).toEqual({ rows: 1, failed: 0 });
    expect((await rows()).size).toBe(2);
    expect(readdirSync(spool)).toContain(running);
  });

  it("takes all that a program left, and deletes its file", async () => {
    spooled(ended, `${line()}\n${line().slice(0, 40)}`);
    expect(await ingestSpool(lake, spool)).toEqual({ rows: 1, failed: 1 });
    expect(readdirSync(spool)).toEqual([]);
  });

  it("delivers the slice in which it was interrupted again, over itself", async () => {
    const [first, second] = [`${line()}\n`, `${line()}\n`];
    spooled(running, first);
    await ingestSpool(lake, spool);
    // As it is left when the rows were written, and the program was killed before it could say so.
    writeFileSync(
      join(spool, `${running}.mark`),
      JSON.stringify({ done: 0, taking: Buffer.byteLength(first) }),
    );
    spooled(running, second);
    expect(await ingestSpool(lake, spool)).toEqual({ rows: 2, failed: 0 });
    expect((await rows()).size).toBe(2);
  });

  it("loses nothing and doubles nothing where it is killed in the middle", async () => {
    const template = JSON.parse(line()) as object;
    const count = 20_000;
    for (let event = 0; event < count; event += 1) {
      spooled(
        running,
        `${JSON.stringify({ ...template, event_id: `e-${event}`, label: "x".repeat(100) })}\n`,
      );
    }
    const program = `import { ingestSpool } from ${JSON.stringify(import.meta.resolve("./spool.ts"))};
      await ingestSpool(${JSON.stringify(lake)}, ${JSON.stringify(spool)});`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "ignore" });
    const ended = once(child, "exit");
    for await (const { filename } of watch(spool)) if (filename === `${running}.mark`) break;
    child.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(await ingestSpool(lake, spool)).toEqual({ rows: count, failed: 0 });
    expect(await ingestSpool(lake, spool)).toEqual({ rows: 0, failed: 0 });
    expect((await rows()).size).toBe(count);
  });

  it("has nothing to do where nothing was spooled", async () => {
    expect(await ingestSpool(lake, join(lake, "none"))).toEqual({ rows: 0, failed: 0 });
  });
});
