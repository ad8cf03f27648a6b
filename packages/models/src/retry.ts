import { setTimeout as sleep } from "node:timers/promises";

/** Time as the retries see it, so that tests need not wait. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** @throws AbortError when the signal is aborted first. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** What a failed try means for the next one. */
export interface Failure {
  readonly retryable: boolean;
  /** Whether the provider says that it gets too many calls: then every call to it waits, not only this one. */
  readonly throttled: boolean;
  /** How long the provider asks to wait. */
  readonly retryAfterMs?: number;
  /** What to throw when there is no next try. */
  readonly error: Error;
}

const MAX_TRIES = 6;
const FIRST_DELAY_MS = 1000;

/**
 * Calls to one provider. Failures that may pass are tried again, up to {@link MAX_TRIES} times in all: after the time
 * that the provider asks for, else after 1, 2, 4, 8, 16 seconds, shortened at random by up to half so that calls
 * which failed together do not return together.
 */
export class Calls {
  readonly #clock: Clock;
  #heldUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param withinMs a wait that would end later than this from now is not begun.
   * @throws the failure's error, after the last try or when waiting makes no sense; AbortError from a wait.
   */
  async run<T>(
    attempt: () => Promise<T>,
    failureOf: (error: unknown, tries: number) => Failure,
    withinMs: number,
    signal: AbortSignal,
  ): Promise<T> {
    const deadline = this.#clock.now() + withinMs;
    for (let tries = 1; ; tries++) {
      await this.#clear(signal);
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        const failure = failureOf(error, tries);
        if (!failure.retryable || tries === MAX_TRIES) throw failure.error;
        const delay = failure.retryAfterMs ?? backoff(tries);
        const until = this.#clock.now() + delay;
        if (until > deadline) throw failure.error;
        if (failure.throttled) this.#heldUntil = Math.max(this.#heldUntil, until);
        else await this.#clock.wait(delay, signal);
      }
    }
  }

  /** Waits until no call is held back; others may have been told to wait meanwhile. */
  async #clear(signal: AbortSignal): Promise<void> {
    for (;;) {
      const rest = this.#heldUntil - this.#clock.now();
      if (rest <= 0) return;
      await this.#clock.wait(rest, signal);
    }
  }
}

function backoff(tries: number): number {
  return FIRST_DELAY_MS * 2 ** (tries - 1) * (1 - Math.random() / 2);
}
