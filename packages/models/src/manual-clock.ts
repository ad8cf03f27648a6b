import type { Clock } from "./retry.ts";

/** For tests: time that passes only when somebody waits, and then at once. */
export class ManualClock implements Clock {
  /** Milliseconds, each wait in turn. */
  readonly waits: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.waits.push(ms);
    this.#now += ms;
  }
}
