/** The ledger on DynamoDB. */
export { isLoopback } from "../aws/loopback.ts";
export type { TableAddress } from "./connect.ts";
export { connect } from "./connect.ts";
export { ensureTable } from "./create-table.ts";
export { dynamoLedger } from "./dynamo-ledger.ts";
