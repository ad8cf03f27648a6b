import { isPromptOpsError } from "../domain/errors.ts";

/** How a read ended: with an answer and the time at which it was asked for, or with an error. */
export type Outcome<T> = { readonly value: T; readonly readAt: number } | { readonly error: unknown };

/** What reading one kind of thing takes. */
export interface Reads<T> {
  /** Asks the ledger for what has this key. `held` is what is known by now. */
  read(key: string, held: T | undefined): Promise<T>;
  /** The memory that an answer takes, in bytes. */
  bytesOf(value: T): number;
  /** For how long not to ask again, in milliseconds, after the nth failure in a row. */
  restAfter(error: unknown, failures: number): number;
}

interface Flight<T> {
  readonly startedAt: number;
  readonly outcome: Promise<Outcome<T>>;
}

interface Failure {
  readonly error: unknown;
  readonly at: number;
  readonly restMs: number;
}

/**
 * One thing that is read from the ledger: what is held of it and since when, the read under way, and how the last one
 * failed. The caller tells the time; nothing in here waits for a clock.
 */
export class Slot<T> {
  readonly #key: string;
  readonly #reads: Reads<T>;
  readonly #onChange: () => void;
  #flight: Flight<T> | undefined;
  #failure: Failure | undefined;
  #failures = 0;
  /** The newest answer; undefined while there is none. */
  value: T | undefined;
  /** When {@link value} was asked for. */
  readAt = 0;
  /** The memory it takes, in bytes. */
  bytes = 0;
  /** Whether it was asked for again since its cache last looked for what can go. */
  used = false;

  /** @param onChange called when `bytes` has changed. */
  constructor(key: string, reads: Reads<T>, onChange: () => void) {
    this.#key = key;
    this.#reads = reads;
    this.#onChange = onChange;
  }

  /** The age of what is held, in milliseconds: infinite when nothing is, and when the clock was set back behind it. */
  ageAt(now: number): number {
    return this.value === undefined || now < this.readAt ? Number.POSITIVE_INFINITY : now - this.readAt;
  }

  /** How the last read failed, while it is too early to ask again. */
  restingAt(now: number): { readonly error: unknown } | undefined {
    const failure = this.#failure;
    if (failure === undefined) return undefined;
    const passed = now - failure.at;
    return passed >= 0 && passed < failure.restMs ? failure : undefined;
  }

  /** When the read under way was sent; undefined when none is. */
  get flightAt(): number | undefined {
    return this.#flight?.startedAt;
  }

  /**
   * Joins the read under way unless it was sent more than `joinMs` ago (this process may have slept since), else asks
   * the ledger. The promise never rejects, so it can be left alone.
   */
  refresh(now: number, joinMs: number): Promise<Outcome<T>> {
    const current = this.#flight;
    const since = current === undefined ? undefined : now - current.startedAt;
    if (current !== undefined && since !== undefined && since >= 0 && since <= joinMs) return current.outcome;
    const flight: Flight<T> = { startedAt: now, outcome: this.#read(now, () => this.#flight === flight) };
    this.#flight = flight;
    return flight.outcome;
  }

  async #read(startedAt: number, isNewest: () => boolean): Promise<Outcome<T>> {
    let outcome: Outcome<T>;
    try {
      outcome = { value: await this.#reads.read(this.#key, this.value), readAt: startedAt };
    } catch (error) {
      outcome = { error };
    }
    // An answer that was asked for earlier never takes the place of one that was asked for later.
    if (!isNewest()) return outcome;
    this.#flight = undefined;
    if ("error" in outcome) this.#fail(outcome.error);
    else this.#keep(outcome.value, startedAt);
    return outcome;
  }

  #keep(value: T, readAt: number): void {
    this.#failure = undefined;
    this.#failures = 0;
    this.value = value;
    this.readAt = readAt;
    this.bytes = this.#reads.bytesOf(value);
    this.#onChange();
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    this.#failure = { error, at: Date.now(), restMs: this.#reads.restAfter(error, this.#failures) };
    if (isAbsence(error)) this.drop();
  }

  /** Lets go of what is held. */
  drop(): void {
    this.value = undefined;
    this.bytes = 0;
    this.#onChange();
  }
}

/** Whether the ledger was asked, and answered that there is no such thing: then what was held is no more. */
export function isAbsence(error: unknown): boolean {
  return isPromptOpsError(error) && error.blame === "user";
}
