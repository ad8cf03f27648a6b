import { formatRef, knownEvent, openRecord, parseRef, type Ref, UserError } from "@promptops/core/domain";
import { type Ledger, readChildren, readEvents, readHead, readVersion } from "@promptops/core/ledger";
import { requireHead } from "./head.ts";

/** A version in a family tree. */
export interface Kin {
  readonly ref: string;
  /** False for a parent that some version names and that was never published. */
  readonly published: boolean;
  readonly owner?: string;
  /** When it was made: the commit's time where one is known, else the publish's. ISO 8601. */
  readonly at?: string;
  readonly commit?: string;
  readonly children: readonly Kin[];
}

/**
 * The ancestors and descendants of a version, as the tree that grows from its first ancestor: above the version only
 * the line that leads to it, below it everything. Forks into other prompts are part of it.
 *
 * @throws UserError `version-not-found`.
 */
export async function lineageOf(ledger: Ledger, ref: Ref): Promise<Kin> {
  const line = await ancestry(ledger, formatRef(ref));
  if (!(await kin(ledger, formatRef(ref), [])).published) {
    throw new UserError("version-not-found", `${formatRef(ref)} was never published`, {
      hint: `See what was: promptops log ${ref.id}`,
      facts: { ...ref },
    });
  }
  let tree = await descent(ledger, formatRef(ref), new Set());
  for (const above of line.slice(1)) tree = await kin(ledger, above, [tree]);
  return tree;
}

/**
 * The whole family of a prompt: for each first ancestor of its versions, everything that came of it.
 *
 * @throws UserError `prompt-not-found`.
 */
export async function familyOf(ledger: Ledger, id: string): Promise<readonly Kin[]> {
  requireHead(id, await readHead(ledger, id));
  const roots = new Set<string>();
  const walked = new Set<string>();
  for await (const event of readEvents(ledger, id)) {
    const known = knownEvent(event);
    if (known?.type !== "PromptPublished") continue;
    const ref = formatRef({ id, version: known.data.version });
    if (walked.has(ref)) continue;
    const line = await ancestry(ledger, ref);
    for (const above of line) walked.add(above);
    roots.add(line.at(-1) ?? ref);
  }
  return Promise.all([...roots].sort(byRef).map((root) => descent(ledger, root, new Set())));
}

/** The refs from a version up to its first ancestor, itself included. Ends where a line bites its own tail. */
async function ancestry(ledger: Ledger, ref: string): Promise<readonly string[]> {
  const line: string[] = [];
  for (let at: string | undefined = ref; at !== undefined && !line.includes(at); ) {
    line.push(at);
    at = (await readVersion(ledger, parseRef(at)))?.parent;
  }
  return line;
}

async function descent(ledger: Ledger, ref: string, seen: Set<string>): Promise<Kin> {
  seen.add(ref);
  const refs = (await Array.fromAsync(readChildren(ledger, ref))).map(formatRef).sort(byRef);
  const children: Kin[] = [];
  for (const child of refs) if (!seen.has(child)) children.push(await descent(ledger, child, seen));
  return kin(ledger, ref, children);
}

async function kin(ledger: Ledger, ref: string, children: readonly Kin[]): Promise<Kin> {
  const record = await readVersion(ledger, parseRef(ref));
  if (record === undefined) return { ref, published: false, children };
  const { commit } = record.source;
  const { owner } = openRecord(record);
  return {
    ref,
    published: true,
    owner,
    at: record.at,
    ...(commit === undefined ? {} : { commit }),
    children,
  };
}

/** By id, then by version as a number. */
function byRef(a: string, b: string): number {
  const [one, other] = [parseRef(a), parseRef(b)];
  return one.id === other.id ? one.version - other.version : one.id < other.id ? -1 : 1;
}
