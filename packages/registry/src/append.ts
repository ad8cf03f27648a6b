import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import {
  type Candidate,
  type Draft,
  type LedgerEvent,
  parseRef,
  placeAfter,
  recordHash,
  recordOf,
  ServiceError,
  seal,
} from "@promptops/core/domain";
import {
  ConflictError,
  eventToItem,
  type Item,
  isVersionKey,
  type Ledger,
  readHead,
  versionToItem,
} from "@promptops/core/ledger";

/** Who acts and why; every event names its actor. */
export interface Intent {
  /** A CI actor, an AWS identity or a git user. */
  readonly actor: string;
  readonly reason?: string;
}

/** What to append to a stream: an event, or a candidate to publish, which is an event and a version item. */
export type Decision =
  | Draft
  | { readonly type: "publish"; readonly candidate: Candidate; readonly gates: readonly string[] };

/** What is wanted of one stream. */
export interface Command {
  readonly id: string;
  /**
   * Looks at the stream's head and says what to append, or undefined when all is as wanted. Called again when
   * another writer was first.
   *
   * @throws UserError to refuse.
   */
  decide(head: LedgerEvent | undefined): Promise<Decision | undefined>;
}

/** For how long a writer goes on trying to get in between others, in milliseconds. */
const PATIENCE_MS = 60_000;
const LONGEST_PAUSE_MS = 400;

/**
 * Carries out one command.
 *
 * @returns the event appended, or undefined when nothing was to do.
 * @throws what `decide` throws; ServiceError `contended` when other writers kept coming first for a minute, and what
 *   the ledger throws.
 */
export async function append(
  ledger: Ledger,
  command: Command,
  intent: Intent,
): Promise<LedgerEvent | undefined> {
  const [event] = await appendTogether(ledger, [command], intent, new Map());
  return event;
}

/**
 * Carries out commands in one transaction. At most 50, so that each may publish.
 *
 * @param heads heads read already, by id, for the first attempt.
 * @returns the events appended, in the order of the commands, without those that had nothing to do.
 */
export async function appendTogether(
  ledger: Ledger,
  commands: readonly Command[],
  intent: Intent,
  heads: ReadonlyMap<string, LedgerEvent | undefined>,
): Promise<readonly LedgerEvent[]> {
  const started = Date.now();
  for (let attempt = 0; ; attempt += 1) {
    const entries = (await Promise.all(commands.map(decideEntry))).filter((entry) => entry !== undefined);
    if (entries.length === 0) return [];
    try {
      await ledger.insert(entries.flatMap(({ items }) => items));
      return entries.map(({ event }) => event);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      await refuseOrphans(ledger, error, entries);
      if (Date.now() - started > PATIENCE_MS) throw contended(error);
      await setTimeout(Math.random() * Math.min(LONGEST_PAUSE_MS, 5 * 2 ** attempt));
    }
    heads = new Map();
  }

  async function decideEntry(command: Command): Promise<Entry | undefined> {
    const head = heads.has(command.id) ? heads.get(command.id) : await readHead(ledger, command.id);
    const decision = await command.decide(head);
    return decision === undefined ? undefined : toEntry(command.id, head, decision, intent);
  }
}

interface Entry {
  readonly event: LedgerEvent;
  readonly items: readonly Item[];
}

function toEntry(id: string, head: LedgerEvent | undefined, decision: Decision, intent: Intent): Entry {
  const act = { ...intent, now: new Date(), eventId: randomUUID() };
  if (decision.type !== "publish") {
    const event = seal(id, head, decision, act);
    return { event, items: [eventToItem(event)] };
  }
  const { seq, at } = placeAfter(head, act.now);
  const record = recordOf(decision.candidate, seq, at);
  const { owner, parent = null } = decision.candidate.definition;
  const data = {
    version: record.version,
    contentHash: record.contentHash,
    itemHash: recordHash(record),
    owner,
    parent,
    commit: record.source.commit ?? null,
    gates: decision.gates,
  };
  const event = seal(id, head, { type: "PromptPublished", data }, act);
  return { event, items: [versionToItem(record), eventToItem(event)] };
}

/**
 * A version item that no event announces cannot come from an insert of ours. Waiting for it to be announced would
 * be waiting for ever.
 */
async function refuseOrphans(
  ledger: Ledger,
  conflict: ConflictError,
  entries: readonly Entry[],
): Promise<void> {
  for (const { event } of entries) {
    const version = conflict.keys.find((key) => isVersionKey(key) && parseRef(key.pk).id === event.id);
    if (version === undefined) continue;
    const head = await readHead(ledger, event.id);
    if ((head?.seq ?? 0) >= event.seq) continue;
    throw new ServiceError("orphan-version", `${version.pk} is in the ledger, but no event announces it`, {
      hint: "Somebody wrote it behind the ledger's back. See what else does not fit: promptops verify",
      facts: { ref: version.pk },
      cause: conflict,
    });
  }
}

function contended(cause: ConflictError): ServiceError {
  return new ServiceError("contended", `other writers kept coming first for ${PATIENCE_MS / 1000} seconds`, {
    hint: "Nothing was written. Run the command again when fewer others write to the same prompt.",
    cause,
  });
}
