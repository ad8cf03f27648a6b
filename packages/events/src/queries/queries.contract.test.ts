import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AthenaClient } from "@aws-sdk/client-athena";
import { AthenaServer } from "@promptops/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deliverLines } from "../lake/deliver.ts";
import { withDuckdb } from "../lake/duckdb.ts";
import { sqlText } from "../sql-text.ts";
import { athenaRunner } from "./athena-runner.ts";
import { eventsSql, questionSql, scopeSql, withEvents } from "./compose.ts";
import { ATHENA } from "./dialects.ts";
import { duckdbRunner } from "./duckdb-runner.ts";
import type { EventsRunner, Question } from "./runner.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-03-01T00:00:00.000Z");
const since = new Date(START);

interface Fields {
  readonly [name: string]: unknown;
}

let ids = 0;
/** The line of an event, an hour after the one before. */
function line(fields: Fields = {}): string {
  ids += 1;
  return JSON.stringify({
    event: "prompt_completed",
    prompt_id: "support.classifier",
    prompt_version: 1,
    prompt_owner: "support",
    prompt_model: "claude",
    event_id: `event-${ids}`,
    timestamp: new Date(START + ids * 3_600_000).toISOString(),
    schema_version: 1,
    content_hash: "c".repeat(64),
    channel: "live",
    source: "memory",
    age_ms: ids,
    service: "bot",
    ...fields,
  });
}

/** Answers from a lake of these lines, each list a file (or several) of its own. */
async function lakeOf(folder: string, ...files: readonly (readonly string[])[]): Promise<EventsRunner> {
  for (const lines of files)
    expect(await deliverLines(folder, lines)).toEqual({ rows: lines.length, failed: 0 });
  return duckdbRunner(folder);
}

let lake: string;
beforeEach(() => {
  ids = 0;
  lake = mkdtempSync(join(tmpdir(), "promptops-queries-"));
});
afterEach(() => rmSync(lake, { recursive: true }));

describe("the questions", () => {
  it("count calls, failures, latencies, tokens and cost by version and by day", async () => {
    const calls = [100, 200, 300, 400].map((latency_ms) =>
      line({ latency_ms, input_tokens: 10, output_tokens: 2, cost_usd: 0.5 }),
    );
    const failed = line({ event: "prompt_failed", error_kind: "Timeout", latency_ms: 9_999 });
    const next = line({ prompt_version: 2, timestamp: new Date(START + DAY).toISOString() });
    await using runner = await lakeOf(lake, [...calls, failed, next, line({ prompt_id: "other.one" })]);
    const { rows } = await runner.ask("stats-by-version", { since, promptId: "support.classifier" });
    const first = {
      calls: 5,
      ended: 5,
      failures: 1,
      p50_ms: 250,
      p95_ms: 385,
      input_tokens: 40,
      output_tokens: 8,
      cost_usd: 2,
    };
    expect(rows).toMatchObject([
      { dt: "2026-03-01", prompt_version: null, ...first },
      { dt: "2026-03-02", prompt_version: null, calls: 1, failures: 0, p50_ms: null, cost_usd: null },
      { dt: null, prompt_version: 1, ...first },
      { dt: null, prompt_version: 2, calls: 1 },
    ]);
    const all = await runner.ask("stats-by-prompt", { since });
    expect(all.rows.filter(({ prompt_id: id }) => id !== null)).toMatchObject([
      { prompt_id: "support.classifier", calls: 6 },
      { prompt_id: "other.one", calls: 1 },
    ]);
  });

  it("take calls that began for calls where a program logs no end", async () => {
    await using runner = await lakeOf(lake, [
      line({ event: "prompt_invoked" }),
      line({ event: "prompt_invoked" }),
    ]);
    const { rows } = await runner.ask("stats-by-prompt", { since });
    expect(rows.at(-1)).toMatchObject({ calls: 2, ended: 0, failures: 0 });
  });

  it("scale what was sampled back", async () => {
    const sampled = { sample_rate: 0.25, input_tokens: 100, cost_usd: 1 };
    const lines = [line(sampled), line(sampled), line({ event: "prompt_failed" })];
    await using runner = await lakeOf(lake, lines);
    const { rows } = await runner.ask("stats-by-prompt", { since });
    expect(rows.at(-1)).toMatchObject({ calls: 9, failures: 1, input_tokens: 800, cost_usd: 8 });
    expect((await runner.ask("cost", { since })).rows).toMatchObject([{ calls: 9, cost_usd: 8, counted: 0 }]);
  });

  it("leave out what is older than their scope", async () => {
    const old = line({ timestamp: new Date(START - 1).toISOString() });
    await using runner = await lakeOf(lake, [old, line()]);
    const { rows } = await runner.ask("tail", { since }, { limit: 10 });
    expect(rows.map(({ event_id: id }) => id)).toEqual(["event-2"]);
    expect(rows[0]?.timestamp).toBe("2026-03-01T02:00:00.000Z");
  });

  it("tell who was given what last", async () => {
    const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
    const lines = [
      line({ event: "prompt_invoked", timestamp: at(1), service: "a", age_ms: 5 }),
      line({ timestamp: at(9), service: "a", age_ms: 7, source: "stale" }),
      line({ event: "prompt_invoked", timestamp: at(2), service: "a", prompt_version: 2 }),
      line({ event: "prompt_read_failed", timestamp: at(20), service: "a" }),
      line({ timestamp: at(3), service: "b" }),
    ];
    await using runner = await lakeOf(lake, lines);
    expect((await runner.ask("census", { since })).rows).toMatchObject([
      {
        service: "a",
        prompt_version: 1,
        last_at: at(9),
        last_given_at: at(1),
        last_age_ms: 7,
        last_source: "stale",
      },
      { service: "a", prompt_version: 2, last_given_at: at(2) },
      { service: "b", prompt_version: 1, last_given_at: at(3) },
    ]);
  });

  it("have what intervals are made of", async () => {
    const lines = [1, 2, 3].map((n) => line({ latency_ms: n * 10, cost_usd: n }));
    await using runner = await lakeOf(lake, [...lines, line({ event: "prompt_failed", sample_rate: 0.5 })]);
    const { rows } = await runner.ask("moments", { since, promptId: "support.classifier" }, { version: 1 });
    expect(rows).toMatchObject([
      {
        ended: 5,
        squared_weights: 7,
        failures: 2,
        latencies: 3,
        mean_latency_ms: 20,
        sd_latency_ms: 10,
        mean_cost_usd: 2,
      },
    ]);
  });

  it("have an answer where there are no events", async () => {
    await using runner = await lakeOf(lake);
    const questions: Question[] = ["stats-by-prompt", "stats-by-version", "census", "cost"];
    for (const question of questions) expect((await runner.ask(question, { since })).rows).toEqual([]);
  });

  it("count an event once, however often and wherever it was delivered", async () => {
    const [first, second, third] = [line({ cost_usd: 1 }), line({ cost_usd: 2 }), line({ cost_usd: 4 })];
    await using runner = await lakeOf(lake, [first, second, second], [second, third], [first]);
    const { rows } = await runner.ask("cost", { since });
    expect(rows).toMatchObject([{ calls: 3, cost_usd: 7 }]);
    expect((await runner.query("SELECT COUNT(*) AS n FROM events", { since })).rows).toEqual([{ n: 3 }]);
  });

  it("count each event that has no id, copies of others or not", async () => {
    const nameless = line({ event_id: null });
    const again = line();
    await using runner = await lakeOf(lake, [nameless, nameless], [again, again]);
    const count = "SELECT COUNT(*) AS n FROM events";
    expect((await runner.query(count, { since })).rows).toEqual([{ n: 3 }]);
  });

  it("come to the same in Athena's words, as far as DuckDB understands these", async () => {
    const again = line({ latency_ms: 5, cost_usd: 1 });
    const lines = [
      again,
      line({ event: "prompt_invoked" }),
      line({ latency_ms: 7, sample_rate: 0.5 }),
      again,
    ];
    await using runner = await lakeOf(lake, lines);
    const scope = { since, promptId: "support.classifier" };
    const values = { limit: 10, version: 1 };
    await withDuckdb(async (connection) => {
      await connection.run("CREATE MACRO approx_percentile(x, share) AS quantile_cont(x, share)");
      await connection.run(
        `CREATE VIEW lake AS SELECT * FROM read_parquet(${sqlText(join(lake, "events/*/*/*.parquet"))}, ` +
          "hive_types = {'dt': VARCHAR, 'hour': VARCHAR})",
      );
      for (const question of [
        "stats-by-prompt",
        "stats-by-version",
        "moments",
        "census",
        "cost",
        "tail",
      ] as const) {
        const sql = withEvents(eventsSql('"lake"', scopeSql(scope)), questionSql(question, ATHENA, values));
        const found = await connection.runAndReadAll(sql);
        const { columns, rows } = await runner.ask(question, scope, values);
        expect(found.columnNames()).toEqual(columns);
        expect(found.currentRowCount).toBe(rows.length);
        const numbers = (row: object) => Object.values(row).filter((value) => typeof value === "number");
        expect(found.getRowObjectsJS().map(numbersIn)).toEqual(rows.map(numbers));
      }
    });
  });
});

/** The numbers of a row, as a runner has them. */
function numbersIn(row: object): readonly number[] {
  return Object.values(row)
    .map((value) => (typeof value === "bigint" ? Number(value) : value))
    .filter((value) => typeof value === "number");
}

describe("query", () => {
  it.each([
    ["SELECT prompt_id FROM events", 1],
    ["select prompt_id from events;", 1],
    ["WITH mine AS (SELECT * FROM events) SELECT * FROM mine", 1],
    [
      "-- all\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n -- ; x",
      3,
    ],
    ["SELECT ';' AS \"a;b\" /* ; */ FROM events", 1],
    ["SELECT 1 AS n, 2.5 AS d, true AS b, NULL AS x, TIMESTAMP '2026-03-01 10:00:00' AS t", 1],
  ])("answers %s", async (select, count) => {
    await using runner = await lakeOf(lake, [line()]);
    expect((await runner.query(select, { since })).rows).toHaveLength(count);
  });

  it("gives numbers as numbers, and times as ISO 8601", async () => {
    await using runner = await lakeOf(lake, [line()]);
    const select =
      "SELECT 1 AS n, 2.5 AS d, true AS b, NULL AS x, TIMESTAMP '2026-03-01 10:00:00' AS t, 9007199254740993 AS big";
    expect((await runner.query(select, { since })).rows).toEqual([
      { n: 1, d: 2.5, b: true, x: null, t: "2026-03-01T10:00:00.000Z", big: "9007199254740993" },
    ]);
  });

  it.each([
    "DROP VIEW lake",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP VIEW lake",
    "WITH x AS (SELECT 1) INSERT INTO repeated SELECT 2",
    "COPY (SELECT 1) TO 'x.csv'",
    "PRAGMA version",
    "",
    "-- SELECT 1",
  ])("refuses %j", async (select) => {
    await using runner = await lakeOf(lake, [line()]);
    await expect(runner.query(select, { since })).rejects.toMatchObject({ blame: "user" });
    expect((await runner.query("SELECT COUNT(*) AS n FROM events", { since })).rows).toEqual([{ n: 1 }]);
  });

  it.each(["no_such_column", "FROM", "(SELECT a FROM nothing)"])(
    "says what is wrong with %s",
    async (column) => {
      await using runner = await lakeOf(lake, [line()]);
      await expect(runner.query(`SELECT ${column} FROM events`, { since })).rejects.toMatchObject({
        code: "query-failed",
        blame: "user",
      });
    },
  );

  it("reads nothing but the lake", async () => {
    await using runner = await lakeOf(lake, [line()]);
    const secret = join(lake, "secret.csv");
    writeFileSync(secret, "a\n1\n");
    for (const source of [
      `read_csv('${secret}')`,
      `'${secret}'`,
      `read_text('${secret}')`,
      `glob('${lake}/*')`,
    ]) {
      await expect(runner.query(`SELECT * FROM ${source}`, { since })).rejects.toMatchObject({
        code: "query-failed",
      });
    }
  });
});

describe("athenaRunner", () => {
  let server: AthenaServer;
  let endpoint: string;
  const table = Array.from({ length: 5 }, (_, at) => [
    `p${at}`,
    String(at),
    at === 3 ? null : "0.5",
    "2026-03-01 10:00:00.123",
  ]);
  beforeAll(async () => {
    server = new AthenaServer(({ QueryString: sql }) => {
      if (sql.includes("broken")) return { failed: "SYNTAX_ERROR: line 1:8", category: 2 };
      if (sql.includes("unlucky")) return { failed: "out of resources", category: 1 };
      const columns = [
        { name: "prompt_id", type: "varchar" },
        { name: "calls", type: "bigint" },
        { name: "cost_usd", type: "double" },
        { name: "last_at", type: "timestamp" },
      ];
      return { columns, rows: table };
    }, 2);
    endpoint = await server.start();
  });
  afterAll(() => server.stop());

  const runner = () => {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    return athenaRunner(
      { database: "prompts", workgroup: "analysts" },
      new AthenaClient({ endpoint, region: "local", credentials }),
    );
  };

  it("waits for the answer, and reads all of its pages", async () => {
    await using athena = runner();
    const { columns, rows } = await athena.ask("cost", { since, promptId: "a.b" });
    expect(columns).toEqual(["prompt_id", "calls", "cost_usd", "last_at"]);
    const last_at = "2026-03-01T10:00:00.123Z";
    expect(rows).toEqual(
      [0, 1, 2, 3, 4].map((at) => ({
        prompt_id: `p${at}`,
        calls: at,
        cost_usd: at === 3 ? null : 0.5,
        last_at,
      })),
    );
    expect(server.queries.at(-1)).toMatchObject({
      WorkGroup: "analysts",
      QueryExecutionContext: { Database: "prompts" },
      QueryString: expect.stringMatching(/FROM "events"\s+WHERE dt >= '2026-03-01' .* AND prompt_id = 'a.b'/),
    });
  });

  it.each([
    ["SELECT broken FROM events", { code: "query-failed", blame: "user" }],
    ["SELECT unlucky FROM events", { code: "athena-failed", blame: "service" }],
    ["DROP TABLE events", { code: "not-a-select", blame: "user" }],
  ])("fails as it should: %s", async (select, error) => {
    await using athena = runner();
    await expect(athena.query(select, { since })).rejects.toMatchObject(error);
  });

  it("says so where Athena cannot be reached", async () => {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new AthenaClient({
      endpoint: "http://127.0.0.1:9",
      region: "local",
      credentials,
      maxAttempts: 1,
    });
    await using athena = athenaRunner({ database: "prompts" }, client);
    await expect(athena.ask("cost", { since })).rejects.toMatchObject({
      code: "athena-failed",
      blame: "service",
    });
  });
});
