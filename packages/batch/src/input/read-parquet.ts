import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { JS } from "@duckdb/node-api";
import { UserError } from "@promptops/core";
import { sqlText, withDuckdb } from "../duckdb.ts";
import { isS3 } from "../s3.ts";
import { bytesOf, type InputFile } from "./input-file.ts";
import type { Unnumbered } from "./read-records.ts";

/**
 * A record for each row, in the file's order. Integers over 2^53 become texts, and so do times (ISO 8601). An object of S3 is fetched
 * whole first: a Parquet file says at its end what is in it.
 *
 * @throws UserError `malformed-input`.
 */
export async function* readParquet(
  file: InputFile,
  onBytes: (count: number) => void,
): AsyncGenerator<readonly Unnumbered[]> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-parquet-"));
  try {
    const path = isS3(file.place) ? join(folder, "input.parquet") : file.place;
    if (path !== file.place)
      await pipeline(
        bytesOf(file, () => {}),
        createWriteStream(path),
      );
    yield* rowsOf(path, file, onBytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* rowsOf(
  path: string,
  { place, bytes }: InputFile,
  onBytes: (count: number) => void,
): AsyncGenerator<readonly Unnumbered[]> {
  yield* withDuckdb(async function* (connection) {
    try {
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${sqlText(path)})`);
      const rows = Number(counted.getRows()[0]?.[0] ?? 0);
      const result = await connection.stream(`SELECT * FROM read_parquet(${sqlText(path)})`);
      for await (const some of result.yieldRowObjectJs()) {
        onBytes((bytes * some.length) / rows);
        yield some.map((row) => ({ record: plain(row) }));
      }
    } catch (error) {
      const { message } = error as Error;
      throw new UserError("malformed-input", `${place} cannot be read as Parquet: ${message}`, {
        facts: { place },
        cause: error,
      });
    }
  });
}

/** A value as JSON can hold it. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, JS>).map(([name, one]) => [name, plain(one)]),
  );
}
