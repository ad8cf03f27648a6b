import type { IndexName, Item, Key, Ledger } from "@promptops/core/ledger";

/** A ledger that counts the calls that pass through it: what a cache saves is a number, not a claim. */
export class CountingLedger implements Ledger {
  readonly #inner: Ledger;
  /** All calls so far. */
  calls = 0;

  constructor(inner: Ledger) {
    this.#inner = inner;
  }

  get maxItemBytes(): number {
    return this.#inner.maxItemBytes;
  }

  /** How many calls `work` makes. */
  async callsDuring(work: () => Promise<unknown>): Promise<number> {
    const before = this.calls;
    await work();
    return this.calls - before;
  }

  insert(items: readonly Item[]): Promise<void> {
    this.calls += 1;
    return this.#inner.insert(items);
  }

  get(keys: readonly Key[]): Promise<readonly Item[]> {
    this.calls += 1;
    return this.#inner.get(keys);
  }

  query(
    pk: string,
    options?: { readonly newestFirst?: boolean; readonly limit?: number },
  ): AsyncIterable<Item> {
    this.calls += 1;
    return this.#inner.query(pk, options);
  }

  index(name: IndexName, value: string): AsyncIterable<Key> {
    this.calls += 1;
    return this.#inner.index(name, value);
  }

  keys(): AsyncIterable<Key> {
    this.calls += 1;
    return this.#inner.keys();
  }
}
