/** What a job imports, and what a worker needs. Running jobs is in `./runner`, AWS's engines are in `./step-functions`. */
export type { BatchJob, RecordContext, Result } from "./job.ts";
export { defineBatchJob } from "./job.ts";
export type { BatchOutcome, Failure, Item, RecordResult } from "./process-batch.ts";
export { processBatch } from "./process-batch.ts";
export type { Run, RunPrompt } from "./run.ts";
export type { BatchInput, BatchReceipt, WorkerEvent } from "./worker.ts";
export { batchWorker } from "./worker.ts";
