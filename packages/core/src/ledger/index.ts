/** The ledger: its items, the port that stores them, and how they are read. */
export {
  eventFromItem,
  eventKey,
  eventToItem,
  isVersionKey,
  versionFromItem,
  versionKey,
  versionToItem,
} from "./item.ts";
export { itemSize, MAX_ITEM_BYTES } from "./item-size.ts";
export type { IndexName, Item, Key, Ledger, LedgerReader } from "./ledger.ts";
export { ConflictError, MAX_INSERT } from "./ledger.ts";
export {
  readChildren,
  readCommit,
  readEvent,
  readEvents,
  readHead,
  readIds,
  readMonth,
  readVersion,
  readVersions,
} from "./read.ts";
export type { Index } from "./table.ts";
export { INDEXES, TABLE_KEY } from "./table.ts";
