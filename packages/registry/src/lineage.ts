import {
  type Evaluation,
  formatRef,
  knownEvent,
  openRecord,
  parseRef,
  type Ref,
  type VersionRecord,
  versionNotFound,
} from "@promptops/core/domain";
import { type Ledger, readChildren, readEvents, readHead, readVersion } from "@promptops/core/ledger";
import { evaluationsOf } from "./evidence.ts";
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
  /** How it did in its newest evaluation, where it had one. */
  readonly evaluation?: Pick<Evaluation, "pass" | "accuracy" | "cases">;
  readonly includes?: readonly string[];
  readonly children: readonly Kin[];
}

/**
 * The ancestors and descendants of a version, as the tree that grows from its first ancestor: above the version only
 * the line that leads to it, below it everything. Forks into other prompts are part of it.
 *
 * @throws UserError `version-not-found`.
 */
export async function lineageOf(ledger: Ledger, ref: Ref): Promise<Kin> {
  const family = new Family(ledger);
  const line = await ancestry(family, formatRef(ref));
  if ((await family.record(formatRef(ref))) === undefined) {
    throw versionNotFound(ref);
  }
  let tree = await descent(family, formatRef(ref), new Set());
  for (const above of line.slice(1)) tree = await kin(family, above, [tree]);
  return tree;
}

/**
 * The whole family of a prompt: for each first ancestor of its versions, everything that came of it.
 *
 * @throws UserError `prompt-not-found`.
 */
export async function familyOf(ledger: Ledger, id: string): Promise<readonly Kin[]> {
  requireHead(id, await readHead(ledger, id));
  const family = new Family(ledger);
  const roots = new Set<string>();
  const walked = new Set<string>();
  for await (const event of readEvents(ledger, id)) {
    const known = knownEvent(event);
    if (known?.type !== "PromptPublished") continue;
    const ref = formatRef({ id, version: known.data.version });
    if (walked.has(ref)) continue;
    const line = await ancestry(family, ref);
    for (const above of line) walked.add(above);
    roots.add(line.at(-1) ?? ref);
  }
  return Promise.all([...roots].sort(byRef).map((root) => descent(family, root, new Set())));
}

/** What is read of a family, each thing once. */
class Family {
  readonly ledger: Ledger;
  readonly #records = new Map<string, Promise<VersionRecord | undefined>>();
  readonly #evaluations = new Map<string, Promise<ReadonlyMap<string, Evaluation>>>();

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  record(ref: string): Promise<VersionRecord | undefined> {
    const record = this.#records.get(ref) ?? readVersion(this.ledger, parseRef(ref));
    this.#records.set(ref, record);
    return record;
  }

  evaluations(id: string): Promise<ReadonlyMap<string, Evaluation>> {
    const evaluations = this.#evaluations.get(id) ?? evaluationsOf(this.ledger, id);
    this.#evaluations.set(id, evaluations);
    return evaluations;
  }
}

/** The refs from a version up to its first ancestor, itself included. Ends where a line bites its own tail. */
async function ancestry(family: Family, ref: string): Promise<readonly string[]> {
  const line: string[] = [];
  for (let at: string | undefined = ref; at !== undefined && !line.includes(at); ) {
    line.push(at);
    at = (await family.record(at))?.parent;
  }
  return line;
}

async function descent(family: Family, ref: string, seen: Set<string>): Promise<Kin> {
  seen.add(ref);
  const refs = (await Array.fromAsync(readChildren(family.ledger, ref))).map(formatRef).sort(byRef);
  const children: Kin[] = [];
  for (const child of refs) if (!seen.has(child)) children.push(await descent(family, child, seen));
  return kin(family, ref, children);
}

async function kin(family: Family, ref: string, children: readonly Kin[]): Promise<Kin> {
  const record = await family.record(ref);
  if (record === undefined) return { ref, published: false, children };
  const { commit, committedAt = record.at } = record.source;
  const { owner, includes } = openRecord(record);
  const evaluation = (await family.evaluations(record.id)).get(record.contentHash);
  return {
    ref,
    published: true,
    owner,
    at: committedAt,
    ...(commit === undefined ? {} : { commit }),
    ...(evaluation === undefined ? {} : { evaluation: outcomeOf(evaluation) }),
    ...(includes === undefined ? {} : { includes }),
    children,
  };
}

function outcomeOf({ pass, accuracy, cases }: Evaluation): NonNullable<Kin["evaluation"]> {
  return { pass, accuracy, cases };
}

/** By id, then by version as a number. */
function byRef(a: string, b: string): number {
  const [one, other] = [parseRef(a), parseRef(b)];
  return one.id === other.id ? one.version - other.version : one.id < other.id ? -1 : 1;
}
