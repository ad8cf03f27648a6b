import {
  canonicalJson,
  DEFAULT_CHANNEL,
  knownEvent,
  type LedgerEvent,
  type Pin,
  type State,
  targets,
} from "@promptops/core/domain";
import { type Ledger, readEvents } from "@promptops/core/ledger";
import { requireHead } from "./head.ts";

type Versions = Pin["versions"];

/** What a channel serves, since when and by which event. */
export interface Serving {
  readonly id: string;
  readonly channel: string;
  /** Empty when the prompt was retired or not published. */
  readonly versions: Versions;
  readonly retired: boolean;
  readonly pinned: boolean;
  /** The event that made it so; undefined before the prompt's first event. */
  readonly since: LedgerEvent | undefined;
}

/**
 * What `channel` serves now, or served at a time.
 *
 * @param at a moment; events at exactly that moment count.
 * @throws UserError `prompt-not-found` when the id has no events at all.
 */
export async function resolve(
  ledger: Ledger,
  id: string,
  { channel = DEFAULT_CHANNEL, at }: { readonly channel?: string; readonly at?: Date } = {},
): Promise<Serving> {
  const moment = at?.toISOString();
  let newest: LedgerEvent | undefined;
  let then: LedgerEvent | undefined;
  let since: LedgerEvent | undefined;
  for await (const event of readEvents(ledger, id)) {
    newest ??= event;
    if (moment !== undefined && event.at > moment) continue;
    then ??= event;
    if (servingIn(event.state, channel) !== servingIn(then.state, channel)) break;
    since = event;
  }
  requireHead(id, newest);
  const state = then?.state;
  return {
    id,
    channel,
    versions: state === undefined || state.retired ? [] : targets(state, channel),
    retired: state?.retired ?? false,
    pinned: state !== undefined && Object.hasOwn(state.pins, channel),
    since,
  };
}

/** A text that is equal in two states when the channel serves the same in both. */
function servingIn(state: State, channel: string): string {
  const { retired } = state;
  return canonicalJson({ retired, versions: retired ? [] : targets(state, channel) });
}

/**
 * What `channel` served before what it points to now; undefined when it never served anything else.
 *
 * A rollback takes the newest off the pile of what was served, everything else that changes it lays one on top. So a
 * second rollback goes further back.
 */
export async function servedBefore(
  newestFirst: AsyncIterable<LedgerEvent>,
  channel: string,
): Promise<Versions | undefined> {
  const pile: Versions[] = [];
  for (const event of (await Array.fromAsync(newestFirst)).reverse()) {
    const versions = targets(event.state, channel);
    if (versions.length === 0) continue;
    if (isRollback(event, channel))
      while (pile.length > 0 && !sameVersions(pile.at(-1), versions)) pile.pop();
    if (!sameVersions(pile.at(-1), versions)) pile.push(versions);
  }
  return pile.at(-2);
}

function isRollback(event: LedgerEvent, channel: string): boolean {
  const known = knownEvent(event);
  return known?.type === "PromptPinned" && known.data.channel === channel && known.data.rollback;
}

export function sameVersions(a: Versions | undefined, b: Versions): boolean {
  return a !== undefined && canonicalJson(a) === canonicalJson(b);
}
