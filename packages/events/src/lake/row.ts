import type { FieldType } from "@promptops/core/events";
import { EVENT_COLUMNS } from "../columns.ts";

/** A value as a column of the lake holds it; a timestamp is in milliseconds since 1970. */
export type Cell = string | number | null;

/** A row of the lake's table, and the partition that it belongs into. */
export interface LakeRow {
  readonly dt: string;
  readonly hour: string;
  /** In the order of `EVENT_COLUMNS`. */
  readonly cells: readonly Cell[];
}

/** Where Firehose puts what it could not deliver: the last part of its error prefix. */
export type FailureKind = "processing-failed" | "format-conversion-failed";

/** Why a line is no row. */
export class LineError extends Error {
  readonly kind: FailureKind;
  readonly code: string;

  constructor(kind: FailureKind, code: string, message: string) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

/**
 * A line as a row: members that are no columns are left out, columns that the line has not are null.
 *
 * @throws {LineError} where it is not JSON, has no time to find its partition by, or has a value of another type than
 * its column's.
 */
export function rowOf(line: string): LakeRow {
  const members = parse(line);
  const cells = EVENT_COLUMNS.map(({ name, type }) => cellOf(name, type, members[name]));
  const { timestamp } = members;
  if (typeof timestamp !== "string") {
    throw new LineError("processing-failed", "DynamicPartitioning.MissingKey", "the line has no timestamp");
  }
  return { dt: timestamp.slice(0, 10), hour: timestamp.slice(11, 13), cells };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new LineError("processing-failed", "DataFormat.NotJson", (error as Error).message);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new LineError("processing-failed", "DataFormat.NotJson", "the line is not a JSON object");
  }
  return parsed as Readonly<Record<string, unknown>>;
}

const FITS: Readonly<Record<Exclude<FieldType, "timestamp">, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  int: (value) => Number.isInteger(value) && (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31,
  bigint: Number.isSafeInteger,
  double: Number.isFinite,
};

const ISO_TIME = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,3})?Z$/;

function cellOf(name: string, type: FieldType, value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (type === "timestamp") {
    const time = typeof value === "string" && ISO_TIME.test(value) ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(time)) return time;
  } else if (FITS[type](value)) {
    // UTF-8 cannot hold half of a surrogate pair.
    return typeof value === "string" ? value.toWellFormed() : (value as number);
  }
  throw new LineError(
    "format-conversion-failed",
    "DataFormatConversion.MalformedData",
    `${name} is of type ${type}, and cannot be ${JSON.stringify(value).slice(0, 100)}`,
  );
}
