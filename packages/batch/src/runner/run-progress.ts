import type { BatchHeader } from "../batch-file.ts";
import { addUsage, noUsage, type Usage } from "../usage.ts";

/** How far a run is. One object, which changes. */
export interface RunProgress extends Usage {
  /** Done, those of earlier processes included. */
  records: number;
  failed: number;
  /** Done by this process. */
  recordsNow: number;
  /** How much of the input was read, from 0 to 1. */
  share: number;
}

/** How far earlier processes had come, by the batches that they have saved. */
export function progressOf(saved: readonly BatchHeader[]): RunProgress {
  const progress: RunProgress = { records: 0, failed: 0, recordsNow: 0, share: 0, ...noUsage() };
  for (const header of saved) {
    progress.records += header.results + header.failures;
    progress.failed += header.failures;
    addUsage(progress, header);
  }
  return progress;
}
