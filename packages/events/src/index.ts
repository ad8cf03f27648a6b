/** Where event lines go besides stdout. The lake is in `./lake`, the questions that it answers in `./queries`: both load DuckDB. */
export type { Column } from "./columns.ts";
export { EVENT_COLUMNS, PARTITIONS } from "./columns.ts";
export { closeOnExit } from "./firehose/close-on-exit.ts";
export { eventsSinkIn } from "./firehose/events-sink-in.ts";
export type { Delivery, FirehoseOptions, FirehoseSink } from "./firehose/firehose-sink.ts";
export { firehoseSink } from "./firehose/firehose-sink.ts";
export { recoverSpills } from "./firehose/recover-spills.ts";
export { EVENT_FILTER_PATTERN } from "./lake/log-record.ts";
export type { PromptEvent } from "./schema.ts";
export { eventSchema } from "./schema.ts";
