import { canonicalJson, sha256 } from "./hash.ts";
import type { JsonObject } from "./json.ts";

/** A version and the hash of its content, so that who follows the pointer can check what it finds. */
export interface VersionMark {
  readonly version: number;
  readonly contentHash: string;
}

/** Where a channel points: one version, or several by weight. */
export interface Pin {
  /** The sequence number of the event that set it. */
  readonly seq: number;
  readonly versions: readonly (VersionMark & { readonly weight: number })[];
}

/** What is true of a prompt after an event. Every event carries it, so the newest one is all a reader needs. */
export interface State {
  /** The highest version published. */
  readonly latest: VersionMark | null;
  /** Pins by channel. */
  readonly pins: Readonly<Record<string, Pin>>;
  /**
   * The channels that serve no version without evidence, each with the newest version it may serve: one that passed
   * its evaluation, or that was published before the channel asked for that. Null when there is none yet.
   */
  readonly gates: Readonly<Record<string, VersionMark | null>>;
  readonly retired: boolean;
}

/** What each type of event says. */
export interface EventData {
  readonly PromptPublished: VersionMark & {
    /** Hash of the whole version item, so that source, author and dates are covered too. */
    readonly itemHash: string;
    readonly owner: string;
    readonly parent: string | null;
    readonly commit: string | null;
    /** The channels that ask for evidence before they serve this version unpinned. */
    readonly gates: readonly string[];
  };
  readonly PromptPinned: {
    readonly channel: string;
    readonly versions: Pin["versions"];
    /** Whether this went back to what the channel served before. */
    readonly rollback: boolean;
    /** Whether somebody insisted, although the channel asks for evidence and there was none. */
    readonly forced: boolean;
  };
  readonly PromptUnpinned: { readonly channel: string };
  readonly PromptRetired: {
    /** Whether somebody insisted, although channels pinned it. */
    readonly forced: boolean;
  };
  readonly PromptRestored: Readonly<Record<never, never>>;
  readonly GatesChanged: {
    /** The channels that ask for evidence from now on; what they serve by now they go on serving. */
    readonly channels: readonly string[];
  };
  readonly EvaluationRecorded: VersionMark & Evaluation;
}

/** How a version did in its evaluation. */
export interface Evaluation {
  /** The verdict of the gate. */
  readonly pass: boolean;
  /** Hash of the suite it was measured by. */
  readonly suiteHash: string;
  /** The prompt's logical model, and what answered for it: a provider, recordings or a stand-in. */
  readonly model: string;
  readonly provider: string;
  readonly cases: number;
  readonly passed: number;
  /** 0 to 1, with its 95 % interval. */
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null when a price is not known. */
  readonly costUsd: number | null;
  readonly commit: string | null;
}

export type EventType = keyof EventData;

/** A type of event with what it says: what a command decides to append. */
export type Draft = { [T in EventType]: { readonly type: T; readonly data: EventData[T] } }[EventType];

/** One event of a prompt's stream, as it stands in the ledger. */
export interface LedgerEvent {
  /** The prompt's id. */
  readonly id: string;
  /** Place in the prompt's stream, from 1, without gaps. */
  readonly seq: number;
  readonly eventId: string;
  /** One of {@link EventType}, or a type that a later release writes. */
  readonly type: string;
  /** Version of the shape of `data` for this type. */
  readonly schema: number;
  /** ISO 8601 in UTC; never earlier than the event before. */
  readonly at: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly data: JsonObject;
  readonly state: State;
  /** Hash of the event before; null on the first. */
  readonly prevHash: string | null;
  readonly hash: string;
}

/** Who acts, when and why. */
export interface Act {
  readonly actor: string;
  readonly reason?: string;
  /** The writer's clock. */
  readonly now: Date;
  /** A UUID, so that a writer that lost its connection can tell its own event from another's. */
  readonly eventId: string;
}

export const initial: State = { latest: null, pins: {}, gates: {}, retired: false };

/** The state after an event of a known type. */
export function evolve(state: State, seq: number, { type, data }: Draft): State {
  switch (type) {
    case "PromptPublished": {
      const { version, contentHash } = data;
      if (state.latest !== null && state.latest.version >= version) return state;
      return { ...state, latest: { version, contentHash }, gates: shutGates(state, data.gates) };
    }
    case "PromptPinned":
      return { ...state, pins: { ...state.pins, [data.channel]: { seq, versions: data.versions } } };
    case "PromptUnpinned": {
      const { [data.channel]: _, ...pins } = state.pins;
      return { ...state, pins };
    }
    case "PromptRetired":
      return { ...state, retired: true };
    case "PromptRestored":
      return { ...state, retired: false };
    case "GatesChanged":
      return { ...state, gates: shutGates(state, data.channels) };
    case "EvaluationRecorded":
      return data.pass ? { ...state, gates: openGates(state.gates, data) } : state;
  }
}

/** What a channel serves while nothing is pinned: the latest version, or the newest one that its gate lets through. */
export function defaultOf({ latest, gates }: State, channel: string): VersionMark | null {
  return Object.hasOwn(gates, channel) ? (gates[channel] ?? null) : latest;
}

function shutGates(state: State, channels: readonly string[]): State["gates"] {
  return Object.fromEntries(channels.map((channel) => [channel, defaultOf(state, channel)]));
}

function openGates(gates: State["gates"], { version, contentHash }: VersionMark): State["gates"] {
  const opened = Object.entries(gates).map(([channel, mark]) =>
    mark !== null && mark.version >= version ? [channel, mark] : [channel, { version, contentHash }],
  );
  return Object.fromEntries(opened);
}

const TYPES: Readonly<Record<EventType, true>> = {
  PromptPublished: true,
  PromptPinned: true,
  PromptUnpinned: true,
  PromptRetired: true,
  PromptRestored: true,
  GatesChanged: true,
  EvaluationRecorded: true,
};

/** The event as a {@link Draft} of a type this release knows, else undefined: readers pass over what they do not know. */
export function knownEvent(event: LedgerEvent): Draft | undefined {
  return Object.hasOwn(TYPES, event.type) && event.schema === 1 ? (event as unknown as Draft) : undefined;
}

/** SHA-256 of the event's canonical JSON without `hash`; `prevHash` is in it, which makes the chain. */
export function eventHash({ hash: _, ...event }: LedgerEvent): string {
  return sha256(canonicalJson(event));
}

/** Where and when the event after `head` stands: time never goes back within a stream, whatever the writer's clock. */
export function placeAfter(
  head: LedgerEvent | undefined,
  now: Date,
): { readonly seq: number; readonly at: string } {
  const at = now.toISOString();
  return { seq: (head?.seq ?? 0) + 1, at: head !== undefined && head.at > at ? head.at : at };
}

/** The event that follows `head` in the stream of `id`: numbered, dated, folded and chained. */
export function seal(id: string, head: LedgerEvent | undefined, draft: Draft, act: Act): LedgerEvent {
  const { seq, at } = placeAfter(head, act.now);
  const event: LedgerEvent = {
    id,
    seq,
    eventId: act.eventId,
    type: draft.type,
    schema: 1,
    at,
    actor: act.actor,
    reason: act.reason ?? null,
    data: draft.data as unknown as JsonObject,
    state: evolve(head?.state ?? initial, seq, draft),
    prevHash: head?.hash ?? null,
    hash: "",
  };
  return { ...event, hash: eventHash(event) };
}
