import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
  StatementType,
} from "@duckdb/node-api";
import { UserError } from "@promptops/core/domain";
import { EVENT_COLUMNS } from "../columns.ts";
import { duckdbType } from "../lake/duckdb.ts";
import { sqlText } from "../sql-text.ts";
import { COLUMNS, eventsSql, questionSql, scopeSql, withEvents } from "./compose.ts";
import { DUCKDB } from "./dialects.ts";
import { notASelect, oneSelect } from "./one-select.ts";
import type { EventsRunner, Result, Scope, Value } from "./runner.ts";

/** Answers from the Parquet files of a local lake. It reads nothing else, and writes nothing. */
export async function duckdbRunner(lake: string): Promise<EventsRunner> {
  const folder = resolve(lake, "events");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  // From here on queries, also those that somebody typed, reach the lake's files and nothing else.
  await connection.run(`SET allowed_directories = [${sqlText(`${folder}/`)}]`);
  await connection.run("SET temp_directory = ''");
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
  return {
    async ask(question, scope, values) {
      const events = await eventsOf(connection, folder, scope);
      return read(connection, withEvents(events, questionSql(question, DUCKDB, values)));
    },
    async query(select, scope) {
      const events = await eventsOf(connection, folder, scope);
      const sql = withEvents(events, oneSelect(select));
      try {
        const statements = await connection.extractStatements(sql);
        const statement = statements.count === 1 ? await statements.prepare(0) : undefined;
        const isSelect = statement?.statementType === StatementType.SELECT;
        statement?.destroySync();
        if (!isSelect) throw notASelect();
        return await read(connection, sql);
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw new UserError("query-failed", (error as Error).message, { cause: error });
      }
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * `events` of a scope, for DuckDB. To number the copies of every event is as much work as five questions; most lakes
 * have no copies. So the hashes that occur more than once are looked for first, and only events with those are numbered.
 */
async function eventsOf(connection: DuckDBConnection, folder: string, scope: Scope): Promise<string> {
  await connection.run(`CREATE OR REPLACE TEMP VIEW lake AS ${lakeSql(folder, scope)}`);
  const condition = scopeSql(scope);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE repeated AS SELECT HASH(event_id) AS hash FROM lake WHERE ${condition} ` +
      "AND event_id IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1",
  );
  const [count] = (await connection.runAndReadAll("SELECT COUNT(*) FROM repeated")).getRows()[0] ?? [];
  const once = (which: string) =>
    `SELECT ${COLUMNS}, dt, hour, 1e0 / COALESCE(sample_rate, 1e0) AS weight FROM lake ` +
    `WHERE ${condition}${which}`;
  if (count === 0n) return once("");
  const isRepeated = "HASH(event_id) IN (SELECT hash FROM repeated)";
  return `${once(` AND NOT ${isRepeated}`)} UNION ALL ${eventsSql("lake", `${condition} AND ${isRepeated}`)}`;
}

/** The files from the day on which the scope begins; older ones may lack columns, and there may be none. */
function lakeSql(folder: string, { since }: Scope): string {
  const first = `dt=${since.toISOString().slice(0, 10)}`;
  const days = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^dt=/.test(name) && name >= first)
    : [];
  const globs = days
    .filter((day) => readdirSync(join(folder, day)).length > 0)
    .map((day) => sqlText(join(folder, day, "*", "*.parquet")));
  const columns = EVENT_COLUMNS.map(({ name, type }) => `NULL::${duckdbType(type)} AS "${name}"`);
  const none = `SELECT ${columns.join(", ")}, ''::VARCHAR AS dt, ''::VARCHAR AS hour WHERE false`;
  if (globs.length === 0) return none;
  const files =
    `read_parquet([${globs.join(", ")}], union_by_name = true, hive_partitioning = true, ` +
    "hive_types = {'dt': VARCHAR, 'hour': VARCHAR})";
  return `${none} UNION ALL BY NAME SELECT * FROM ${files}`;
}

async function read(connection: DuckDBConnection, sql: string): Promise<Result> {
  const reader = await connection.runAndReadAll(sql);
  const columns = reader.deduplicatedColumnNames();
  const rows = reader
    .getRows()
    .map((row) => Object.fromEntries(columns.map((name, at) => [name, plainValue(row[at] ?? null)])));
  return { columns, rows };
}

function plainValue(value: DuckDBValue): Value {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return value.isFinite ? new Date(Number(value.micros / 1000n)).toISOString() : String(value);
  }
  return value.constructor.name === "DuckDBDecimalValue" ? Number(String(value)) : String(value);
}
