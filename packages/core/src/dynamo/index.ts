/** The ledger on DynamoDB: the only place that knows the AWS SDK. */
export type { TableAddress } from "./connect.ts";
export { connect, dynamoLedger, isLoopback } from "./connect.ts";
export { ensureTable } from "./create-table.ts";
