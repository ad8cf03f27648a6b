import {
  DEFAULT_CHANNEL,
  formatRef,
  type LedgerEvent,
  type Ref,
  targets,
  UserError,
  type VersionMark,
} from "@promptops/core/domain";
import { type Ledger, readEvents, readVersion } from "@promptops/core/ledger";
import { append, type Command, type Decision, type Intent } from "./append.ts";
import { hasEvidence } from "./evidence.ts";
import { requireHead } from "./head.ts";
import { sameVersions, servedBefore } from "./serving.ts";

export interface PinOptions {
  /** Default `live`. */
  readonly channel?: string;
  /** Compare and set: refuse unless this is the sequence number of the prompt's newest event. */
  readonly expectSeq?: number;
}

export interface NewPinOptions extends PinOptions {
  /** Pin it although the channel asks for evidence and there is none; the event says so. */
  readonly force?: boolean;
}

const CHANNEL = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Makes a channel serve one version, until it is pinned to another or unpinned.
 *
 * @returns the event, or undefined when the channel is pinned to exactly that already.
 * @throws UserError `prompt-not-found`, `version-not-found`, `prompt-retired`, `malformed-channel`, `moved-on`,
 *   `no-evidence`.
 */
export function pin(
  ledger: Ledger,
  ref: Ref,
  intent: Intent,
  options: NewPinOptions = {},
): Promise<LedgerEvent | undefined> {
  const { force = false } = options;
  return append(
    ledger,
    command(ref.id, options, async (head, channel) => {
      refuseRetired(head);
      const record = await readVersion(ledger, ref);
      if (record === undefined) throw versionNotFound(ref, head);
      const lacking = !(await isLetThrough(ledger, head, channel, record));
      if (lacking && !force) throw noEvidence(ref, channel);
      const versions = [{ version: ref.version, contentHash: record.contentHash, weight: 1 }];
      if (sameVersions(head.state.pins[channel]?.versions, versions)) return undefined;
      return { type: "PromptPinned", data: { channel, versions, rollback: false, forced: lacking } };
    }),
    intent,
  );
}

/**
 * Lets a channel follow the latest version again.
 *
 * @returns the event, or undefined when the channel is not pinned.
 * @throws UserError `prompt-not-found`, `malformed-channel`, `moved-on`.
 */
export function unpin(
  ledger: Ledger,
  id: string,
  intent: Intent,
  options: PinOptions = {},
): Promise<LedgerEvent | undefined> {
  return append(
    ledger,
    command(id, options, async (head, channel) =>
      Object.hasOwn(head.state.pins, channel) ? { type: "PromptUnpinned", data: { channel } } : undefined,
    ),
    intent,
  );
}

/**
 * Pins what the channel served before what it serves now. Rolling back again goes one further back, never forward to
 * what was rolled back from.
 *
 * @throws UserError `nothing-before` when the channel never served anything else; else as {@link pin}.
 */
export async function rollback(
  ledger: Ledger,
  id: string,
  intent: Intent,
  options: PinOptions = {},
): Promise<LedgerEvent | undefined> {
  return append(
    ledger,
    command(id, options, async (head, channel) => {
      refuseRetired(head);
      const versions = await servedBefore(readEvents(ledger, id), channel);
      if (versions === undefined) throw nothingBefore(head, channel);
      return { type: "PromptPinned", data: { channel, versions, rollback: true, forced: false } };
    }),
    intent,
  );
}

function command(
  id: string,
  { channel = DEFAULT_CHANNEL, expectSeq }: PinOptions,
  decide: (head: LedgerEvent, channel: string) => Promise<Decision | undefined>,
): Command {
  if (!CHANNEL.test(channel)) {
    throw new UserError("malformed-channel", `"${channel}" is not a channel name`, {
      hint: "A channel is a lower-case word of up to 32 letters, digits and hyphens, such as live or canary.",
    });
  }
  return {
    id,
    async decide(found) {
      const head = requireHead(id, found);
      if (expectSeq !== undefined && head.seq !== expectSeq) throw movedOn(head, expectSeq);
      return decide(head, channel);
    },
  };
}

function refuseRetired({ id, state }: LedgerEvent): void {
  if (!state.retired) return;
  throw new UserError("prompt-retired", `${id} is retired and serves nothing`, {
    hint: `Bring it back first: promptops restore ${id}`,
    facts: { id },
  });
}

function versionNotFound(ref: Ref, { state }: LedgerEvent): UserError {
  return new UserError("version-not-found", `${formatRef(ref)} was never published`, {
    hint: `The latest is ${formatRef({ id: ref.id, version: state.latest?.version ?? 1 })}. See all: promptops log ${ref.id}`,
    facts: { ...ref, latest: state.latest?.version },
  });
}

/** Whether the channel asks for no evidence, serves the version without a pin, or has the evidence. */
async function isLetThrough(
  ledger: Ledger,
  { id, state }: LedgerEvent,
  channel: string,
  { version, contentHash }: VersionMark,
): Promise<boolean> {
  if (!Object.hasOwn(state.gates, channel) || state.gates[channel]?.version === version) return true;
  return hasEvidence(ledger, id, contentHash);
}

function noEvidence(ref: Ref, channel: string): UserError {
  const name = formatRef(ref);
  return new UserError(
    "no-evidence",
    `${name} has passed no evaluation, and ${channel} serves nothing without one`,
    {
      hint: `Measure it (promptops eval ${ref.id} --append), or insist: promptops pin ${name} --force --reason …`,
      facts: { ...ref, channel },
    },
  );
}

function nothingBefore(head: LedgerEvent, channel: string): UserError {
  const now = targets(head.state, channel).map(({ version }) => `#${version}`);
  return new UserError(
    "nothing-before",
    `${channel} of ${head.id} never served anything but ${now.join(", ")}`,
    {
      hint: `Pin a version by name instead: promptops pin ${head.id}#<version> --reason …`,
      facts: { id: head.id, channel },
    },
  );
}

function movedOn({ id, seq, type, actor, at }: LedgerEvent, expected: number): UserError {
  return new UserError(
    "moved-on",
    `${id} is at sequence ${seq}, not ${expected}: ${type} by ${actor} at ${at} came in between`,
    { hint: `See what happened (promptops log ${id}), then decide again.`, facts: { id, seq, expected } },
  );
}
