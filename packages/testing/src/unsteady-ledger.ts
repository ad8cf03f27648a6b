import type { Item, Key, LedgerReader } from "@promptops/core/ledger";

/** The reads of a ledger, which can be made to fail, to wait, and to answer with other items. It counts the calls. */
export class UnsteadyLedger implements LedgerReader {
  readonly #inner: LedgerReader;
  #waiting: PromiseWithResolvers<void> | undefined;
  /** All calls so far, failed ones included. */
  calls = 0;
  /** What the next calls fail with; undefined when they do not. */
  error: unknown;
  /** What is made of each item. */
  change: (item: Item) => Item = (item) => item;

  constructor(inner: LedgerReader) {
    this.#inner = inner;
  }

  /** Makes calls wait from now on, until the returned function is called. */
  hold(): () => void {
    const waiting = Promise.withResolvers<void>();
    this.#waiting = waiting;
    return () => {
      if (this.#waiting === waiting) this.#waiting = undefined;
      waiting.resolve();
    };
  }

  /** How many calls `work` makes. */
  async callsDuring(work: () => Promise<unknown>): Promise<number> {
    const before = this.calls;
    await work();
    return this.calls - before;
  }

  async get(keys: readonly Key[]): Promise<readonly Item[]> {
    await this.#answer();
    return (await this.#inner.get(keys)).map(this.change);
  }

  async *query(
    pk: string,
    options?: { readonly newestFirst?: boolean; readonly limit?: number },
  ): AsyncIterable<Item> {
    await this.#answer();
    for await (const item of this.#inner.query(pk, options)) yield this.change(item);
  }

  async #answer(): Promise<void> {
    this.calls += 1;
    const { error } = this;
    await this.#waiting?.promise;
    if (error !== undefined) throw error;
  }
}
