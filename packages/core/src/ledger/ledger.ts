import { ServiceError } from "../domain/errors.ts";
import type { JsonValue } from "../domain/json.ts";

/** The two attributes that name an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** An item as it is stored; `item.ts` says what is in one. */
export type Item = Key & { readonly [attribute: string]: JsonValue };

/** The secondary indexes; `table.ts` says what each is for. */
export type IndexName = "children" | "catalog" | "audit" | "commit";

/**
 * Where a ledger's items are kept. A port of few methods, so that an adapter is small: `dynamo/` has the one for
 * DynamoDB, `memory/` one for tests. All reads but `index` see every insert that has returned.
 */
export interface Ledger {
  /** The most bytes that one item may take, as `itemSize` counts them. */
  readonly maxItemBytes: number;

  /**
   * Inserts all of the items or none. At most {@link MAX_INSERT} items.
   *
   * @throws ConflictError when an item with one of the keys exists.
   */
  insert(items: readonly Item[]): Promise<void>;

  /** The items with these keys, in no particular order; those that do not exist are left out. */
  get(keys: readonly Key[]): Promise<readonly Item[]>;

  /** The items of one partition by ascending sort key, or by descending when `newestFirst`. */
  query(
    pk: string,
    options?: { readonly newestFirst?: boolean; readonly limit?: number },
  ): AsyncIterable<Item>;

  /** The keys of the items whose index attribute has this value, in the index's order. May lag behind inserts. */
  index(name: IndexName, value: string): AsyncIterable<Key>;

  /** The keys of all items, in no particular order. */
  keys(): AsyncIterable<Key>;
}

/** What it takes to serve prompts. */
export type LedgerReader = Pick<Ledger, "get" | "query">;

/** DynamoDB's limit of statements in one transaction. */
export const MAX_INSERT = 100;

/** Another writer was first: nothing was inserted. Read again and decide again. */
export class ConflictError extends ServiceError {
  /** Keys that exist already, the first of them at least; empty when the conflict was with a write still under way. */
  readonly keys: readonly Key[];

  constructor(keys: readonly Key[], cause?: unknown) {
    const names = keys.map(({ pk, sk }) => `${pk} ${sk}`).join(", ");
    super("conflict", `another writer was first${names === "" ? "" : ` with ${names}`}`, {
      hint: "Nothing was written. Run the command again.",
      cause,
    });
    this.keys = keys;
  }
}
