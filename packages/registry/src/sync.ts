import {
  type Candidate,
  formatRef,
  isPromptOpsError,
  type LedgerEvent,
  type PromptOpsError,
} from "@promptops/core/domain";
import type { Ledger } from "@promptops/core/ledger";
import { append, appendTogether, type Intent } from "./append.ts";
import { type PlannedStep, type PlanOptions, plan } from "./plan.ts";
import { publish } from "./publish.ts";

/** Called as events are appended. */
export type OnAppended = (
  events: readonly LedgerEvent[],
  progress: { readonly done: number; readonly of: number },
) => void;

export interface SyncOptions extends PlanOptions {
  readonly onAppended?: OnAppended;
}

export interface SyncResult {
  /** What was planned; where a step is refused, nothing was appended. */
  readonly steps: readonly PlannedStep[];
  readonly events: readonly LedgerEvent[];
}

/** A publish takes two of a transaction's 100 statements. */
const STEPS_PER_TRANSACTION = 50;
/**
 * A transaction takes 4 MB; an item in a request takes more than as stored. Texts that are kept elsewhere are not in it,
 * and count all the same: so few of them are written at once.
 */
const BYTES_PER_TRANSACTION = 2 * 1024 * 1024;

/**
 * Makes the ledger say what the prompt files say: publishes new versions, retires prompts whose files are gone. Where
 * a step is refused, nothing is appended at all. Each transaction is complete in itself, so a sync that was
 * interrupted is finished by running it again.
 */
export async function sync(
  ledger: Ledger,
  candidates: readonly Candidate[],
  intent: Intent,
  options: SyncOptions = {},
): Promise<SyncResult> {
  const steps = await plan(ledger, candidates, options);
  if (steps.some(({ action }) => action === "refused")) return { steps, events: [] };
  const changes = steps.filter(({ action }) => action !== "unchanged");
  const sizes = new Map(
    candidates.map(({ definition }) => [definition.id, Buffer.byteLength(JSON.stringify(definition))]),
  );
  const events: LedgerEvent[] = [];
  let done = 0;
  for (const batch of batches(changes, ({ id }) => sizes.get(id) ?? 0)) {
    const commands = batch.map(({ command }) => command);
    const heads = new Map(batch.map(({ id, head }) => [id, head]));
    const appended = await appendTogether(ledger, commands, intent, heads);
    events.push(...appended);
    done += batch.length;
    options.onAppended?.(appended, { done, of: changes.length });
  }
  return { steps, events };
}

function* batches(
  steps: readonly PlannedStep[],
  sizeOf: (step: PlannedStep) => number,
): Iterable<readonly PlannedStep[]> {
  let batch: PlannedStep[] = [];
  let bytes = 0;
  for (const step of steps) {
    const size = sizeOf(step);
    if (
      batch.length === STEPS_PER_TRANSACTION ||
      (batch.length > 0 && bytes + size > BYTES_PER_TRANSACTION)
    ) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(step);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

export interface BackfillResult {
  readonly events: readonly LedgerEvent[];
  /** Versions that were in the ledger already. */
  readonly unchanged: readonly string[];
  readonly refused: readonly { readonly ref: string; readonly error: PromptOpsError }[];
}

/**
 * Publishes versions found in history, oldest first, those below the latest included. One that is refused does not
 * keep the others back.
 */
export async function backfill(
  ledger: Ledger,
  oldestFirst: readonly Candidate[],
  intent: Intent,
  { gates = [], onAppended }: Pick<SyncOptions, "gates" | "onAppended"> = {},
): Promise<BackfillResult> {
  const rules = {
    alongside: new Set(oldestFirst.map(({ definition }) => formatRef(definition))),
    older: true,
    gates,
  };
  const events: LedgerEvent[] = [];
  const unchanged: string[] = [];
  const refused: { ref: string; error: PromptOpsError }[] = [];
  for (const [at, candidate] of oldestFirst.entries()) {
    const ref = formatRef(candidate.definition);
    try {
      const event = await append(ledger, publish(ledger, candidate, rules), intent);
      if (event === undefined) unchanged.push(ref);
      else events.push(event);
      onAppended?.(event === undefined ? [] : [event], { done: at + 1, of: oldestFirst.length });
    } catch (error) {
      if (!isPromptOpsError(error) || error.blame !== "user") throw error;
      refused.push({ ref, error });
    }
  }
  return { events, unchanged, refused };
}
