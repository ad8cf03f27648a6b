import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleFunction, startFunction } from "@promptops/artifacts";
import type { BatchOutcome, WorkerEvent } from "@promptops/batch";
import type { BatchWorker } from "@promptops/batch/runner";
import { ServiceError } from "@promptops/core";
import type { Context } from "../../context.ts";
import type { RunEvents } from "./events.ts";

/** The repository that has the worker, wherever the prompts are. */
const REPOSITORY = fileURLToPath(new URL("../../../../../", import.meta.url));
const WORKER = "batch-worker";
/** As long as a worker of an express execution may take. */
const TIMEOUT_MS = 300_000;

interface BuiltWorker extends AsyncDisposable {
  readonly process: BatchWorker;
}

/** The worker as it is deployed, built anew, running as Lambda would run it. The events that it logs are the run's. */
export async function startBuiltWorker(
  context: Context,
  environment: Readonly<Record<string, string>>,
  concurrency: number,
  events: RunEvents,
): Promise<BuiltWorker> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-worker-"));
  context.progress.update(`building ${WORKER}`);
  await bundleFunction(REPOSITORY, WORKER, folder);
  const { PROMPTOPS_EVENTS_SPOOL: _, ...own } = { ...process.env, ...environment };
  const fn = startFunction({
    name: WORKER,
    folder,
    handler: "index.handler",
    environment: own,
    timeoutMs: TIMEOUT_MS,
  });
  return {
    async process({ runId, job, prompts }, Items) {
      const event: WorkerEvent = { BatchInput: { run: { runId, job, prompts }, concurrency }, Items };
      const { payload, error, logs } = await fn.invoke(event);
      for (const line of logs) {
        if (line.startsWith('{"event":')) events.write(`${line}\n`);
        else process.stderr.write(`${line}\n`);
      }
      if (error !== undefined) {
        throw new ServiceError(
          "worker-failed",
          `the worker failed: ${error.errorType}: ${error.errorMessage}`,
          {
            hint: "The same command goes on with the batches that are not done.",
            facts: { ...error },
          },
        );
      }
      return payload as BatchOutcome;
    },
    async [Symbol.asyncDispose]() {
      await fn.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
