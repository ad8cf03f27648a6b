import type { IndexName } from "./ledger.ts";

/**
 * The table's shape, written here alone: the deployed stack, the embedded engine and the adapters all read it.
 * Both parts of the primary key, and every index attribute, are strings.
 */
export const TABLE_KEY = { hash: "pk", range: "sk" } as const;

/** A secondary index: the attributes it is keyed by, and the order in which it is read. */
export interface Index {
  readonly hash: string;
  readonly range: string;
  readonly newestFirst: boolean;
}

/**
 * All four are sparse (items without the hash attribute are not in them) and hold keys alone: what is read by one
 * is then read from the table, with a consistent read.
 */
export const INDEXES: Readonly<Record<IndexName, Index>> = {
  /** From a version to the versions made from it. */
  children: { hash: "parent", range: "pk", newestFirst: false },
  /** All prompt ids: the first event of each stream. */
  catalog: { hash: "catalog", range: "pk", newestFirst: false },
  /** What happened across all prompts in a month. */
  audit: { hash: "month", range: "at", newestFirst: true },
  /** From a commit to the versions it published. */
  commit: { hash: "commit", range: "pk", newestFirst: false },
};
