import { setTimeout as sleep } from "node:timers/promises";

/** Time as a pace sees it, so that tests need not wait. */
export interface Clock {
  now(): number;
  /** @throws when the signal is aborted first. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** What may be taken at once, as a share of a minute's: a pace that has rested makes up for at most that. */
const BURST = 1 / 60;

/** So many units in a minute (requests, tokens), evenly: what is taken moves the time at which the next may be. */
export class Pace {
  readonly #perMs: number;
  readonly #burstMs: number;
  readonly #clock: Clock;
  #next: number;

  constructor(perMinute: number, clock: Clock) {
    this.#perMs = perMinute / 60_000;
    this.#burstMs = BURST * 60_000;
    this.#clock = clock;
    this.#next = clock.now();
  }

  /** Returns when so many units may be used. @throws when the signal is aborted first. */
  async take(units: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const at = Math.max(this.#next, now - this.#burstMs);
    this.#next = at + units / this.#perMs;
    if (at > now) await this.#clock.wait(at - now, signal);
  }

  /** So many more units were used than were taken, or fewer. */
  correct(units: number): void {
    this.#next += units / this.#perMs;
  }
}
