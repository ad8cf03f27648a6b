/// <reference path="../.sst/platform/config.d.ts" />
import { INDEXES, TABLE_KEY } from "@promptops/core/ledger";

/** The ledger's table, in the shape that core says it has. */
export function createLedger() {
  const keys = (index: { readonly hash: string; readonly range: string }) => ({
    hashKey: index.hash,
    rangeKey: index.range,
  });
  const names = [TABLE_KEY, ...Object.values(INDEXES)].flatMap(({ hash, range }) => [hash, range]);
  return new sst.aws.Dynamo("Ledger", {
    fields: Object.fromEntries(names.map((name) => [name, "string" as const])),
    primaryIndex: keys(TABLE_KEY),
    globalIndexes: Object.fromEntries(
      Object.entries(INDEXES).map(([name, index]) => [
        name,
        { ...keys(index), projection: "keys-only" as const },
      ]),
    ),
    stream: "new-and-old-images",
    deletionProtection: $app.stage === "production",
  });
}
