/** Where event lines go besides stdout, and the questions that they answer. */
export type { Column } from "./columns.ts";
export { EVENT_COLUMNS, PARTITIONS } from "./columns.ts";
export { closeOnExit } from "./firehose/close-on-exit.ts";
export { eventsSinkIn } from "./firehose/events-sink-in.ts";
export type { Delivery, FirehoseOptions, FirehoseSink } from "./firehose/firehose-sink.ts";
export { firehoseSink } from "./firehose/firehose-sink.ts";
export { recoverSpills } from "./firehose/recover-spills.ts";
export type { Delivered } from "./lake/deliver.ts";
export { deliverLines, deliverLogRecords } from "./lake/deliver.ts";
export { EVENT_FILTER_PATTERN } from "./lake/log-record.ts";
export { ingestSpool } from "./lake/spool.ts";
export type { AthenaAddress } from "./queries/athena-runner.ts";
export { athenaRunner } from "./queries/athena-runner.ts";
export { duckdbRunner } from "./queries/duckdb-runner.ts";
export type { EventsRunner, Question, Result, Row, Scope, Value } from "./queries/runner.ts";
export type { PromptEvent } from "./schema.ts";
export { eventSchema } from "./schema.ts";
