import type { PromptClient } from "@promptops/core";
import type { BatchJob } from "../job.ts";
import type { Retries } from "../retries.ts";
import type { Plan } from "./manifest.ts";
import type { Clock } from "./pace.ts";
import type { RunProgress } from "./run-progress.ts";
import type { BatchWorker } from "./through-worker.ts";
import type { Tolerance } from "./tolerance.ts";

export interface RunSettings extends Omit<Plan, "files"> {
  readonly job: BatchJob;
  /** A file, a glob or `s3://bucket/key`. */
  readonly input: string;
  /** A folder or `s3://bucket/prefix`. */
  readonly output: string;
  /** The folder for what is kept between processes when the output is on S3. */
  readonly state: string;
  readonly client: PromptClient;
  readonly channel: string;
  /** How many records are under way at once. */
  readonly concurrency: number;
  readonly tolerance: Tolerance;
  /** Requests in a minute. */
  readonly rpm?: number;
  /** Tokens in a minute, of input and output. */
  readonly tpm?: number;
  /** US dollars, in all processes of the run together. */
  readonly maxCost?: number;
  /** When aborted, no other record is begun, and those under way have ten seconds. */
  readonly stop: AbortSignal;
  readonly worker?: BatchWorker;
  readonly onProgress?: (progress: Readonly<RunProgress>) => void;
  /** Called before a batch is saved, so that no record is done whose events are held back. */
  readonly flushEvents?: () => void;
  readonly retries?: Retries;
  readonly clock?: Clock;
}
