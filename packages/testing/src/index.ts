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
export type { AthenaAnswer, AthenaQuery } from "./athena-server.ts";
export { AthenaServer } from "./athena-server.ts";
export type { RawItem } from "./back-door.ts";
export { BackDoor } from "./back-door.ts";
export { CloudWatchServer } from "./cloudwatch-server.ts";
export { CountingLedger } from "./counting-ledger.ts";
export { dashboardFaults } from "./dashboard/dashboard-rules.ts";
export type { NewLedger, NewTable, TestTable } from "./describe-ledgers.ts";
export { describeEngines, describeLedgers } from "./describe-ledgers.ts";
export type { FirehoseFault, FirehoseFaults } from "./firehose-server.ts";
export { FirehoseServer } from "./firehose-server.ts";
export {
  candidate,
  commitOf,
  definition,
  evaluation,
  intent,
  pinTo,
  version,
  versions,
} from "./fixtures.ts";
export { meetBeforeInsert, withInsert } from "./insert-wrappers.ts";
export { ledgerContract } from "./ledger-contract.ts";
export type { Received, Reply } from "./local-api.ts";
export { hangUp, LocalApi, noReply, replyJson, replyText } from "./local-api.ts";
export { LossyProxy } from "./lossy-proxy.ts";
export type { Weather } from "./outage-proxy.ts";
export { OutageProxy } from "./outage-proxy.ts";
export type { S3Failure } from "./s3-server.ts";
export { S3Server } from "./s3-server.ts";
export { GOOD_OUTPUTS } from "./stage-server/good-stage.ts";
export { StageServer } from "./stage-server/stage-server.ts";
export { appendDraft, appendUnknown, appendVersion } from "./streams.ts";
export { UnsteadyLedger } from "./unsteady-ledger.ts";
