import type { BatchJob } from "@promptops/batch";
import classifyMessages from "./classify-messages.job.ts";

/** The jobs that the deployed worker knows. */
export const jobs: readonly BatchJob[] = [classifyMessages];
