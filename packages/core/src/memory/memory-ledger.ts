import { itemSize, itemTooLarge, MAX_ITEM_BYTES } from "../ledger/item-size.ts";
import {
  ConflictError,
  type IndexName,
  type Item,
  type Key,
  type Ledger,
  MAX_INSERT,
} from "../ledger/ledger.ts";
import { INDEXES } from "../ledger/table.ts";

/**
 * A ledger in this process's memory, for tests of code that uses the registry or the client. It holds to the same
 * contract as the one on DynamoDB.
 */
export class MemoryLedger implements Ledger {
  readonly maxItemBytes = MAX_ITEM_BYTES;
  readonly #partitions = new Map<string, Map<string, Item>>();

  async insert(items: readonly Item[]): Promise<void> {
    if (items.length > MAX_INSERT) throw new RangeError(`more than ${MAX_INSERT} items`);
    if (new Set(items.map(({ pk, sk }) => `${pk} ${sk}`)).size < items.length) {
      throw new RangeError("two items of one key");
    }
    const large = items.find((item) => itemSize(item) > MAX_ITEM_BYTES);
    if (large !== undefined) throw itemTooLarge({ pk: large.pk, sk: large.sk });
    const taken = items.filter(({ pk, sk }) => this.#partitions.get(pk)?.has(sk));
    if (taken.length > 0) throw new ConflictError(taken.map(({ pk, sk }) => ({ pk, sk })));
    for (const item of items) {
      const partition = this.#partitions.get(item.pk) ?? new Map<string, Item>();
      partition.set(item.sk, structuredClone(item));
      this.#partitions.set(item.pk, partition);
    }
  }

  async get(keys: readonly Key[]): Promise<readonly Item[]> {
    return keys
      .flatMap(({ pk, sk }) => this.#partitions.get(pk)?.get(sk) ?? [])
      .map((item) => structuredClone(item));
  }

  async *query(pk: string, options: { newestFirst?: boolean; limit?: number } = {}): AsyncIterable<Item> {
    const items = [...(this.#partitions.get(pk)?.values() ?? [])].sort(by("sk"));
    if (options.newestFirst) items.reverse();
    for (const item of items.slice(0, options.limit)) yield structuredClone(item);
  }

  async *index(name: IndexName, value: string): AsyncIterable<Key> {
    const { hash, range, newestFirst } = INDEXES[name];
    const items = [...this.#items()].filter((item) => item[hash] === value).sort(by(range));
    if (newestFirst) items.reverse();
    for (const { pk, sk } of items) yield { pk, sk };
  }

  async *keys(): AsyncIterable<Key> {
    for (const { pk, sk } of this.#items()) yield { pk, sk };
  }

  *#items(): Iterable<Item> {
    for (const partition of this.#partitions.values()) yield* partition.values();
  }
}

function by(attribute: string) {
  return (a: Item, b: Item) => (String(a[attribute]) < String(b[attribute]) ? -1 : 1);
}
