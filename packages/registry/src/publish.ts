import {
  type Candidate,
  contentHash,
  DEFAULT_CHANNEL,
  formatRef,
  type LedgerEvent,
  parseRef,
  recordOf,
  served,
  UserError,
} from "@promptops/core/domain";
import { itemSize, type Ledger, MAX_ITEM_BYTES, readVersion, versionToItem } from "@promptops/core/ledger";
import type { Command, Decision } from "./append.ts";

export interface PublishRules {
  /** Refs that the same run publishes: a parent among them counts as known. */
  readonly alongside: ReadonlySet<string>;
  /** Whether a version below the latest may still be published, as when history is filled in. */
  readonly older: boolean;
  /** The channels that are to serve the version only with evidence, unless they are pinned to it. */
  readonly gates: readonly string[];
}

/**
 * The command that publishes a candidate. When it is published already, it changes the channels that ask for evidence
 * if those are other ones by now, else it does nothing.
 *
 * It refuses with a UserError: `version-taken` when the version exists with other content, `behind-latest`,
 * `unknown-parent`, `prompt-retired`, `item-too-large`.
 */
export function publish(ledger: Ledger, candidate: Candidate, rules: PublishRules): Command {
  const { definition } = candidate;
  const { id, version } = definition;
  return {
    id,
    async decide(head): Promise<Decision | undefined> {
      const latest = head?.state.latest ?? undefined;
      if (latest !== undefined && version <= latest.version) {
        if (await isPublished(ledger, candidate)) return rules.older ? undefined : changeOfGates(head, rules);
        if (!rules.older) throw behindLatest(candidate, latest.version);
      }
      if (head?.state.retired) throw retired(head);
      if (head !== undefined && !(await isKnownParent(ledger, candidate, head, rules)))
        throw unknownParent(candidate);
      const bytes = itemSize(versionToItem(recordOf(candidate, 1, new Date(0).toISOString())));
      if (bytes > ledger.maxItemBytes) throw tooLarge(candidate, bytes, ledger.maxItemBytes);
      return { type: "publish", candidate, gates: rules.gates };
    },
  };
}

/** What it takes to make the channels that ask for evidence those that the rules name. */
function changeOfGates(head: LedgerEvent | undefined, { gates }: PublishRules): Decision | undefined {
  if (head === undefined || head.state.retired) return undefined;
  const asked = new Set(gates);
  const asking = Object.keys(head.state.gates);
  if (asking.length === asked.size && asking.every((channel) => asked.has(channel))) return undefined;
  return { type: "GatesChanged", data: { channels: [...asked] } };
}

/** Whether exactly this content stands in the ledger under its version. */
async function isPublished(ledger: Ledger, candidate: Candidate): Promise<boolean> {
  const record = await readVersion(ledger, candidate.definition);
  if (record === undefined) return false;
  const offered = contentHash(candidate.definition);
  if (record.contentHash === offered) return true;
  const ref = formatRef(candidate.definition);
  const theirs = record.source.commit;
  const ours = candidate.source.commit;
  throw new UserError(
    "version-taken",
    `it is published with other content: ${short(record.contentHash)} (${commitWords(theirs)}), ` +
      `and this is ${short(offered)} (${commitWords(ours)})`,
    {
      hint: `A version never changes. Raise the version and name ${candidate.definition.version} as its parent. See what changed: promptops diff ${ref} ${candidate.source.path ?? "<file>"}`,
      facts: { ref, published: record.contentHash, publishedCommit: theirs, offered, offeredCommit: ours },
    },
  );
}

function commitWords(commit: string | undefined): string {
  return commit === undefined ? "not committed" : `commit ${short(commit)}`;
}

/** Whether the parent, where one is named, is published or about to be. */
export async function isKnownParent(
  ledger: Ledger,
  { definition: { id, parent } }: Candidate,
  head: LedgerEvent | undefined,
  { alongside }: PublishRules,
): Promise<boolean> {
  if (parent === undefined || alongside.has(parent)) return true;
  const ref = parseRef(parent);
  if (ref.id === id && ref.version === head?.state.latest?.version) return true;
  return (await readVersion(ledger, ref)) !== undefined;
}

/** The version that the default channel goes on serving when `version` is published, and what keeps it there. */
export function heldAt(
  head: LedgerEvent | undefined,
  version: number,
  { gates }: PublishRules,
): { readonly version: number | undefined; readonly by: "pin" | "gate" } | undefined {
  const now = head === undefined ? undefined : served(head.state)?.version;
  if (now === version) return undefined;
  if (head !== undefined && Object.hasOwn(head.state.pins, DEFAULT_CHANNEL))
    return { version: now, by: "pin" };
  return gates.includes(DEFAULT_CHANNEL) ? { version: now, by: "gate" } : undefined;
}

function short(hash: string): string {
  return /^[0-9a-f]{40,}$/.test(hash) ? hash.slice(0, 12) : hash;
}

function behindLatest({ definition }: Candidate, latest: number): UserError {
  const { id, version } = definition;
  return new UserError(
    "behind-latest",
    `version ${version} was never published, and the latest is already ${latest}`,
    {
      hint: `Make it version ${latest + 1}. If ${version} comes from git history: promptops backfill.`,
      facts: { id, version, latest },
    },
  );
}

function retired({ id, at, actor, state }: LedgerEvent): UserError {
  return new UserError("prompt-retired", "it is retired", {
    hint: `To go on with it: promptops restore ${id}. Else delete its file.`,
    facts: { id, at, actor, latest: state.latest?.version },
  });
}

function unknownParent({ definition }: Candidate): UserError {
  return new UserError("unknown-parent", `its parent ${definition.parent} was never published`, {
    hint: "Name a published version as the parent. If the parent is in git history: promptops backfill.",
    facts: { parent: definition.parent },
  });
}

function tooLarge({ definition }: Candidate, bytes: number, limit: number): UserError {
  return new UserError(
    "item-too-large",
    `it takes ${bytes.toLocaleString("en")} bytes, and this ledger takes ${limit.toLocaleString("en")} at most`,
    {
      hint:
        limit > MAX_ITEM_BYTES
          ? "Shorten the prompt, or split it."
          : "That is one DynamoDB item. Shorten the prompt, or set PROMPTOPS_BLOBS to where larger ones are to be kept, such as s3://bucket.",
      facts: { ref: formatRef(definition), bytes, limit },
    },
  );
}
