import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { openRunner, type Question } from "@promptops/events/queries";
import { questionSql } from "../../packages/events/src/queries/compose.ts";
import { DUCKDB } from "../../packages/events/src/queries/dialects.ts";
import { type Bench, milliseconds, type Row, rowOf } from "./measure.ts";

const EVENTS = 10_000_000;
const DAYS = 30;
const PROMPTS = 500;
const FIRST_DAY = Date.UTC(2026, 2, 1);
const DAY_MS = 86_400_000;
const ID = "team-7.prompt-7";

/** The questions behind the commands; of one prompt, or of all. */
const QUESTIONS: readonly (readonly [
  string,
  Question,
  (string | undefined)?,
  Readonly<Record<string, number>>?,
])[] = [
  ["stats", "stats-by-prompt"],
  ["stats of one prompt", "stats-by-version", ID],
  ["compare, one version", "moments", ID, { version: 2 }],
  ["versions", "census"],
  ["cost", "cost"],
  ["tail", "tail", undefined, { limit: 20 }],
];

/**
 * 10 million events of 30 days in a local lake: each question as its command asks it, of all days and of the last seven,
 * against the same SELECT by plain DuckDB on the Parquet files, without a look for copies. Each is measured once, after
 * the files have been read once.
 */
export const bench: Bench = async () => {
  const lake = await mkdtemp(join(tmpdir(), "promptops-bench-"));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await generate(connection, join(lake, "events"));
    const files = `read_parquet('${lake}/events/*/*/*.parquet', hive_types = {'dt': VARCHAR, 'hour': VARCHAR})`;
    await using runner = await openRunner({ lake });
    await runner.query("SELECT COUNT(*) FROM events", { since: new Date(FIRST_DAY) });
    const rows: Row[] = [];
    const measure = async (name: string, work: () => Promise<unknown>) => {
      rows.push(rowOf(name, [await milliseconds(work)], "ms"));
    };
    for (const [name, question, promptId, values] of QUESTIONS) {
      const condition = promptId === undefined ? "true" : `prompt_id = '${promptId}'`;
      const events = `WITH events AS (SELECT *, 1e0 AS weight FROM ${files} WHERE ${condition})`;
      await measure(`${name}, plain DuckDB`, () =>
        connection.runAndReadAll(`${events} ${questionSql(question, DUCKDB, values)}`),
      );
      for (const days of [DAYS, 7]) {
        const since = new Date(FIRST_DAY + (DAYS - days) * DAY_MS);
        const scope = { since, ...(promptId === undefined ? {} : { promptId }) };
        await measure(`${name}, ${days} days`, () => runner.ask(question, scope, values));
      }
    }
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(lake, { recursive: true, force: true });
  }
};

/** A file for each hour, as Firehose would lay them out; calls that are like each other but for their ids. */
async function generate(connection: DuckDBConnection, folder: string): Promise<void> {
  const hourly = Math.ceil(EVENTS / DAYS / 24);
  await connection.run("SET preserve_insertion_order = false");
  await connection.run(`
    CREATE TEMP TABLE hourly AS SELECT
      CASE WHEN i % 2 = 0 THEN 'prompt_invoked' WHEN i % 101 = 1 THEN 'prompt_failed' ELSE 'prompt_completed' END AS event,
      'team-' || (i // 2 % 25) || '.prompt-' || (i // 2 % ${PROMPTS}) AS prompt_id,
      (1 + (i // 1000) % 4)::INT AS prompt_version, 'team-' || (i // 2 % 25) AS prompt_owner,
      'claude' AS prompt_model, 'service-' || (i // 2 % 7) AS service, 'live' AS channel, 'memory' AS source,
      (i % 5000)::BIGINT AS age_ms,
      (CASE WHEN i % 2 = 1 THEN 100 + (hash(i) % 900000) / 1000 END)::DOUBLE AS latency_ms,
      (CASE WHEN i % 2 = 1 THEN 300 + i % 57 END)::BIGINT AS input_tokens,
      (CASE WHEN i % 2 = 1 THEN 30 + i % 17 END)::BIGINT AS output_tokens,
      (CASE WHEN i % 2 = 1 THEN 0.001 + (i % 57) * 1e-6 END)::DOUBLE AS cost_usd,
      NULL::DOUBLE AS sample_rate, NULL::VARCHAR AS label, NULL::VARCHAR AS error_kind,
      NULL::VARCHAR AS error_message, i
    FROM range(${hourly}) AS t(i)`);
  for (let hour = 0; hour < DAYS * 24; hour += 1) {
    const at = new Date(FIRST_DAY + hour * 3_600_000).toISOString();
    const partition = join(folder, `dt=${at.slice(0, 10)}`, `hour=${at.slice(11, 13)}`);
    mkdirSync(partition, { recursive: true });
    await connection.run(`
      COPY (SELECT * EXCLUDE i, uuid()::VARCHAR AS event_id,
        TIMESTAMP '${at.slice(0, 19).replace("T", " ")}' + to_microseconds(i * 250000) AS "timestamp" FROM hourly)
      TO '${partition}/events.parquet' (FORMAT parquet)`);
  }
}
