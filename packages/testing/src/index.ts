/** What the tests of several packages share. */
export {
  definitions,
  drafts,
  items,
  promptIds,
  refs,
  shares,
  storableJson,
  texts,
  versionNumbers,
} from "./arbitraries.ts";
export type { RawItem } from "./back-door.ts";
export { BackDoor } from "./back-door.ts";
export { CountingLedger } from "./counting-ledger.ts";
export type { NewLedger, NewTable, TestTable } from "./describe-ledgers.ts";
export { describeEngines, describeLedgers } from "./describe-ledgers.ts";
export { candidate, commitOf, definition, evaluation, intent, version, versions } from "./fixtures.ts";
export { meetBeforeInsert, withInsert } from "./insert-wrappers.ts";
export { LossyProxy } from "./lossy-proxy.ts";
export { appendDraft, appendUnknown, appendVersion } from "./streams.ts";
