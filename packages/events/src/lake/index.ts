/** The lake of events as Parquet files: what Firehose makes of lines on AWS, made here. */
export type { Delivered } from "./deliver.ts";
export { deliverLines, deliverLogRecords } from "./deliver.ts";
export { ingestSpool } from "./spool.ts";
