import { batchWorker } from "@promptops/batch";
import { jobs } from "./jobs/index.ts";

/** Processes a batch of any of the {@link jobs}: what a Distributed Map of Step Functions calls. */
export const handler = batchWorker(jobs);
