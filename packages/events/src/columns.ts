import { EVENT_FIELDS, type FieldType } from "@promptops/core/events";

/** A column of the lake's table: Glue and Athena name types so. */
export interface Column {
  readonly name: string;
  readonly type: FieldType;
  readonly comment: string;
}

/** The columns of the lake's table, in their order: what Firehose keeps of a line. */
export const EVENT_COLUMNS: readonly Column[] = Object.entries(EVENT_FIELDS).map(
  ([name, { type, about }]) => ({
    name,
    type,
    comment: about,
  }),
);

/** What the lake is partitioned by, in the order of its folders: the day and the hour at which an event happened, in UTC. */
export const PARTITIONS = [
  { name: "dt", type: "string", comment: "YYYY-MM-DD" },
  { name: "hour", type: "string", comment: "00 to 23" },
] as const;
