import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { EVENT_COLUMNS } from "../columns.ts";
import { sqlText } from "../sql-text.ts";
import { duckdbType, duckdbValue, withDuckdb } from "./duckdb.ts";
import type { LakeRow } from "./row.ts";

/** The most rows that DuckDB takes at once. */
const CHUNK_ROWS = 2048;

/**
 * Writes rows as Parquet into `<lake>/events/dt=…/hour=…/<name>.parquet`, a file for each partition. A file is put in
 * place whole, over one of the same name; so writing the same rows again under the same name changes nothing.
 */
export async function writeParquet(lake: string, name: string, rows: readonly LakeRow[]): Promise<void> {
  if (rows.length === 0) return;
  const partitions = Object.groupBy(rows, ({ dt, hour }) => `dt=${dt}/hour=${hour}`);
  await withDuckdb(async (connection) => {
    for (const [partition, members = []] of Object.entries(partitions)) {
      const folder = join(lake, "events", partition);
      mkdirSync(folder, { recursive: true });
      await fill(connection, members);
      // Readers take what ends in .parquet.
      const draft = join(folder, `.${name}.${randomUUID()}.draft`);
      await connection.run(`COPY batch TO ${sqlText(draft)} (FORMAT parquet, COMPRESSION zstd)`);
      renameSync(draft, join(folder, `${name}.parquet`));
    }
  });
}

/** Makes the table `batch` of these rows alone. */
async function fill(connection: DuckDBConnection, rows: readonly LakeRow[]): Promise<void> {
  const types = EVENT_COLUMNS.map(({ type }) => duckdbType(type));
  const columns = EVENT_COLUMNS.map(({ name }, at) => `"${name}" ${types[at]}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE batch (${columns.join(", ")})`);
  const appender = await connection.createAppender("batch");
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
    const chunk = DuckDBDataChunk.create(types);
    const some = rows.slice(start, start + CHUNK_ROWS);
    chunk.setColumns(
      EVENT_COLUMNS.map(({ type }, at) => some.map(({ cells }) => duckdbValue(type, cells[at] ?? null))),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
