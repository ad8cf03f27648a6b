import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isEventLine, messagesOf } from "./log-record.ts";
import { type FailureKind, type LakeRow, LineError, rowOf } from "./row.ts";
import { writeParquet } from "./write-parquet.ts";

/** What became of lines. */
export interface Delivered {
  readonly rows: number;
  /** How many were written to the error output instead. */
  readonly failed: number;
}

interface Failure {
  readonly error: LineError;
  readonly raw: Uint8Array;
}

/**
 * Does to records of CloudWatch Logs what the path from the log group to S3 does: takes the messages out of them,
 * leaves those that are no events, and lays the others into the lake as Parquet. What cannot be read or converted is
 * written to `<lake>/errors/<kind>/`, in the shape that Firehose gives it.
 *
 * @param records each a record's bytes, gzip'd.
 * @example
 * await deliverLogRecords(".promptops/lake", [gzipSync(JSON.stringify(record))]);
 */
export async function deliverLogRecords(lake: string, records: Iterable<Uint8Array>): Promise<Delivered> {
  const failures: Failure[] = [];
  const lines: string[] = [];
  for (const raw of records) {
    try {
      // Where CloudWatch Logs would have held them back already.
      lines.push(...messagesOf(raw).filter(isEventLine));
    } catch (error) {
      const message = (error as Error).message;
      failures.push({
        error: new LineError("processing-failed", "Decompression.MalformedRecord", message),
        raw,
      });
    }
  }
  return deliver(lake, lines, failures);
}

/** Lays event lines into the lake. Delivering the same lines again changes nothing. */
export async function deliverLines(lake: string, lines: readonly string[]): Promise<Delivered> {
  return deliver(lake, lines, []);
}

async function deliver(
  lake: string,
  lines: readonly string[],
  unread: readonly Failure[],
): Promise<Delivered> {
  const rows: LakeRow[] = [];
  const failures = [...unread];
  for (const line of lines) {
    try {
      rows.push(rowOf(line));
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      failures.push({ error, raw: Buffer.from(line) });
    }
  }
  const hash = createHash("sha256");
  for (const line of lines) hash.update(line).update("\n");
  for (const { raw } of unread) hash.update(raw);
  const name = hash.digest("hex").slice(0, 32);
  await writeParquet(lake, name, rows);
  writeFailures(lake, name, failures);
  return { rows: rows.length, failed: failures.length };
}

function writeFailures(lake: string, name: string, failures: readonly Failure[]): void {
  const now = Date.now();
  const byKind: Partial<Record<FailureKind, Failure[]>> = Object.groupBy(failures, ({ error }) => error.kind);
  for (const [kind, some] of Object.entries(byKind)) {
    const folder = join(lake, "errors", kind);
    mkdirSync(folder, { recursive: true });
    const documents = some.map(({ error, raw }) => ({
      attemptsMade: 1,
      arrivalTimestamp: now,
      lastErrorCode: error.code,
      lastErrorMessage: error.message,
      attemptEndingTimestamp: now,
      rawData: Buffer.from(raw).toString("base64"),
    }));
    const file = join(folder, `${name}.json`);
    writeFileSync(`${file}.draft`, documents.map((document) => `${JSON.stringify(document)}\n`).join(""));
    renameSync(`${file}.draft`, file);
  }
}
