import { isAbsence, type Slot } from "./slot.ts";

/** For how long an answer about what a channel serves may be given, all in milliseconds. */
export interface Windows {
  /** So long, an answer is given without asking the ledger. */
  readonly ttlMs: number;
  /** So much longer, it is given when the ledger does not answer within {@link deadlineMs}. */
  readonly staleWhileRevalidateMs: number;
  /** Up to this age, it is given when the ledger cannot be read. */
  readonly staleIfErrorMs: number;
  /** How long a call waits for the ledger while it may give what is held. */
  readonly deadlineMs: number;
}

/** What a call got, and how. */
export interface Reading<T> {
  readonly value: T;
  readonly readAt: number;
  readonly source: "memory" | "ledger" | "stale";
  /** Why the ledger could not be read; absent when it was, or had no need to be. */
  readonly failure?: unknown;
}

/** An answer that took longer was slept over by a stopped process, and is asked for again. */
const LONGEST_READ_MS = 3_000;

/**
 * What is held while it is fresh, else what the ledger answers, else what is held while that may still be given
 * (RFC 5861). Where the ledger answers, nothing older than the first two windows is given, whatever time this process
 * was stopped for.
 *
 * @throws whatever the ledger failed with, when nothing may be given.
 */
export async function readWithin<T>(slot: Slot<T>, windows: Windows): Promise<Reading<T>> {
  const { ttlMs, staleIfErrorMs, deadlineMs } = windows;
  const staleMs = ttlMs + windows.staleWhileRevalidateMs;
  for (;;) {
    const now = Date.now();
    const { value, readAt } = slot;
    const give = (source: Reading<T>["source"], failure?: unknown): Reading<T> => ({
      value: value as T,
      readAt,
      source,
      ...(failure === undefined ? {} : { failure }),
    });
    const giveDespite = (error: unknown): Reading<T> => {
      const age = Date.now() - readAt;
      if (value === undefined || isAbsence(error) || age < 0 || age >= staleIfErrorMs) throw error;
      return give("stale", error);
    };

    const age = slot.ageAt(now);
    if (age < ttlMs) return give("memory");
    const resting = slot.restingAt(now);
    if (resting !== undefined) return giveDespite(resting.error);
    const flight = slot.refresh(now, staleMs);
    const waited = now - (slot.flightAt ?? now);
    let outcome = age < staleMs ? await within(deadlineMs - waited, flight) : await flight;
    if (outcome === undefined && Date.now() - readAt < staleMs) return give("stale");
    outcome ??= await flight;
    if ("error" in outcome) return giveDespite(outcome.error);
    if (!wasSleptOver(outcome.readAt, now, staleMs)) return { ...outcome, source: "ledger" };
  }
}

/**
 * Whether an answer is too old by the time it is there: sent before this call was made and older than may be given, or
 * under way for longer than a read can take.
 */
function wasSleptOver(readAt: number, askedAt: number, staleMs: number): boolean {
  const age = Date.now() - readAt;
  return age < 0 || (age > staleMs && (readAt < askedAt || age > LONGEST_READ_MS));
}

/** What the flight comes to in this time, else undefined. The timer does not outlive the call. */
async function within<T>(ms: number, flight: Promise<T>): Promise<T | undefined> {
  if (ms <= 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([flight, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
