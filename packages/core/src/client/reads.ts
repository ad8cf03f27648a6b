import type { ServiceError } from "../domain/errors.ts";
import { promptNotFound, versionNotFound } from "../domain/not-found.ts";
import { parseRef } from "../domain/ref.ts";
import type { State } from "../domain/stream.ts";
import type { LedgerReader } from "../ledger/ledger.ts";
import { readHead, readVersion } from "../ledger/read.ts";
import { ByChannel } from "./by-channel.ts";
import { HeldVersion } from "./held-version.ts";
import { isAbsence, type Reads, type Slot } from "./slot.ts";

/** What a channel was found to serve. */
interface Target {
  readonly version: Slot<HeldVersion>;
  readonly pinSeq: number | undefined;
}

/** A prompt's state, and what became of it for who asked. */
export interface Head {
  readonly state: State;
  /** Where a channel serves one version to all. */
  readonly targets: ByChannel<Target>;
  /** What was served last, in this state or one before, and when the ledger last said so. */
  readonly lastGood: ByChannel<Target & { readonly readAt: number }>;
  /** What is wrong with a version it names, once that was found. */
  mismatch?: ServiceError;
}

/** For how long "there is no such thing" is believed, in milliseconds. */
const ABSENCE_MS = 5_000;
/** The first rest after a failure, in milliseconds; each further failure doubles it. */
const FIRST_REST_MS = 200;
const LONGEST_REST_MS = 30_000;

/**
 * How long to leave the ledger alone after the nth failure in a row: twice as long each time, with jitter, so that
 * many processes do not come back at once, and never longer than the TTL, so that recovery is seen within one.
 */
function restAfter(error: unknown, failures: number, ttlMs: number): number {
  if (isAbsence(error)) return ABSENCE_MS;
  const step = Math.min(FIRST_REST_MS * 2 ** (failures - 1), LONGEST_REST_MS, ttlMs);
  return step * (0.5 + Math.random() / 2);
}

/** How prompts' heads are read: one query of one item. */
export function headReads(ledger: LedgerReader, ttlMs: number): Reads<Head> {
  return {
    async read(id, held) {
      const event = await readHead(ledger, id);
      if (event === undefined) throw promptNotFound(id);
      return { state: event.state, targets: new ByChannel(), lastGood: held?.lastGood ?? new ByChannel() };
    },
    bytesOf: ({ state }) => 1_000 + 3 * JSON.stringify(state).length,
    restAfter: (error, failures) => restAfter(error, failures, ttlMs),
  };
}

/** How versions are read: one item, whose content is checked. */
export function versionReads(ledger: LedgerReader, ttlMs: number): Reads<HeldVersion> {
  return {
    async read(name) {
      const ref = parseRef(name);
      const record = await readVersion(ledger, ref);
      if (record === undefined) throw versionNotFound(ref);
      return new HeldVersion(record);
    },
    bytesOf: ({ bytes }) => bytes,
    restAfter: (error, failures) => restAfter(error, failures, ttlMs),
  };
}
