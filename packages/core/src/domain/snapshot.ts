import { ServiceError } from "./errors.ts";
import { sha256 } from "./hash.ts";
import type { State } from "./stream.ts";

/** One version in a snapshot: the text that was hashed, as it stands in the ledger. */
interface SnapshotVersion {
  readonly version: number;
  readonly contentHash: string;
  readonly definition: string;
}

/** One prompt in a snapshot. */
export interface SnapshotPrompt {
  readonly id: string;
  /** The sequence number and the time of its newest event. */
  readonly seq: number;
  readonly at: string;
  readonly state: State;
  /** The versions that its channels serve. */
  readonly versions: readonly SnapshotVersion[];
}

/** Prompts as a ledger had them, for a program that cannot reach the ledger. */
export interface Snapshot {
  /** The time of the newest event in it, ISO 8601 in UTC: the ledger was read then or later. Null when it is empty. */
  readonly asOf: string | null;
  readonly prompts: readonly SnapshotPrompt[];
}

const FORMAT = "promptops-snapshot/1";

/**
 * Writes a snapshot: a line with its format and the hash of all that follows, then a line for each prompt. The same
 * ledger gives the same bytes.
 */
export function formatSnapshot(prompts: readonly SnapshotPrompt[]): string {
  const sorted = prompts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const lines = sorted.map((prompt) => `${JSON.stringify(prompt)}\n`).join("");
  const asOf = prompts.reduce<string | null>(
    (newest, { at }) => (newest !== null && newest > at ? newest : at),
    null,
  );
  return `${JSON.stringify({ format: FORMAT, asOf, sha256: sha256(lines) })}\n${lines}`;
}

/**
 * Reads what {@link formatSnapshot} wrote. What each version holds is checked when it is opened.
 *
 * @param name what to call the snapshot in errors.
 * @throws ServiceError `corrupt-snapshot` when it is not a snapshot of this format, or not what was written.
 */
export function parseSnapshot(text: string, name: string): Snapshot {
  const end = text.indexOf("\n") + 1;
  const header = json(text.slice(0, end)) as { format?: unknown; asOf?: string | null; sha256?: unknown };
  const body = text.slice(end);
  if (header?.format !== FORMAT || header.asOf === undefined) throw corrupt(name, "it has another format");
  if (header.sha256 !== sha256(body)) throw corrupt(name, "its content is not what was written");
  const lines = body.split("\n").slice(0, -1);
  return { asOf: header.asOf, prompts: lines.map((line) => JSON.parse(line) as SnapshotPrompt) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function corrupt(name: string, problem: string): ServiceError {
  return new ServiceError("corrupt-snapshot", `the snapshot ${name} is refused: ${problem}`, {
    hint: "Make it again (promptops snapshot) and deploy it.",
    facts: { snapshot: name },
  });
}
