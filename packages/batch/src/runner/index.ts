/** Runs jobs on this machine. */
export type { DryRun } from "./dry-run.ts";
export { dryRun } from "./dry-run.ts";
export type { FoundJob } from "./find-jobs.ts";
export { findJob, findJobs } from "./find-jobs.ts";
export { runBatchJob } from "./run-job.ts";
export type { RunProgress } from "./run-progress.ts";
export type { RunSettings } from "./run-settings.ts";
export type { RunSummary, StopReason } from "./summary.ts";
export type { BatchWorker } from "./through-worker.ts";
export type { Tolerance } from "./tolerance.ts";
