import type { Ledger } from "@promptops/core/ledger";

/** `ledger` with another way to insert. */
export function withInsert(ledger: Ledger, insert: Ledger["insert"]): Ledger {
  return {
    maxItemBytes: ledger.maxItemBytes,
    insert,
    get: (keys) => ledger.get(keys),
    query: (pk, options) => ledger.query(pk, options),
    index: (name, value) => ledger.index(name, value),
    keys: () => ledger.keys(),
  };
}

/** `ledger`, but the first `writers` inserts wait until all of them are there: each was decided before any was made. */
export function meetBeforeInsert(ledger: Ledger, writers: number): Ledger {
  const { promise: all, resolve: go } = Promise.withResolvers<void>();
  let present = 0;
  return withInsert(ledger, async (items) => {
    present += 1;
    if (present === writers) go();
    await all;
    await ledger.insert(items);
  });
}
