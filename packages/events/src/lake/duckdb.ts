import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import type { FieldType } from "@promptops/core/events";
import type { Cell } from "./row.ts";

/** DuckDB's types for the columns of the lake. */
const TYPES: Readonly<Record<FieldType, DuckDBType>> = {
  string: VARCHAR,
  int: INTEGER,
  bigint: BIGINT,
  double: DOUBLE,
  timestamp: TIMESTAMP,
};

export function duckdbType(type: FieldType): DuckDBType {
  return TYPES[type];
}

/** A cell as DuckDB takes it. */
export function duckdbValue(type: FieldType, cell: Cell): DuckDBValue {
  if (typeof cell !== "number") return cell;
  if (type === "timestamp") return new DuckDBTimestampValue(BigInt(cell) * 1000n);
  return type === "bigint" ? BigInt(cell) : cell;
}

/** Does some work with a database in memory, and lets go of it. */
export async function withDuckdb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
