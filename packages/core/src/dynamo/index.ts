/** The ledger on DynamoDB: the only place that knows the AWS SDK. */
export type { TableAddress } from "./connect.ts";
export { connect, isLoopback } from "./connect.ts";
export { ensureTable } from "./create-table.ts";
export { dynamoLedger } from "./dynamo-ledger.ts";
