import { setTimeout as sleep } from "node:timers/promises";
import { isPromptOpsError } from "@promptops/core";

/** How a record is tried again. */
export interface Retries {
  /** How often it is tried in all. */
  readonly attempts: number;
  /** Waits for so many milliseconds. @throws when the signal is aborted first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const usualRetries: Retries = {
  attempts: 3,
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
};

const FIRST_DELAY_MS = 1_000;

/** Whether the same may succeed later: a ServiceError, of whichever copy of core. */
export function isPassing(error: unknown): boolean {
  return isPromptOpsError(error) && error.blame === "service";
}

/** After the first try 1 second, then 2, 4 and so on, shortened at random by up to half. */
export function retryDelay(attempt: number): number {
  return FIRST_DELAY_MS * 2 ** (attempt - 1) * (1 - Math.random() / 2);
}
