import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { DynamoLedger } from "./dynamo-ledger.ts";

/** Where a ledger is. What is left out is taken from the environment, as the AWS SDK does. */
export interface TableAddress {
  readonly table: string;
  readonly region?: string;
  /** Another DynamoDB than the region's: an embedded engine, a VPC endpoint. */
  readonly endpoint?: string;
}

/** Whether an endpoint is on this machine, where credentials and regions mean nothing. */
export function isLoopback(endpoint: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(endpoint).hostname);
}

/** A client for the endpoint. A loopback endpoint gets a stand-in region and credentials where there are none. */
export function connect({ region, endpoint }: Omit<TableAddress, "table">): DynamoDBClient {
  const local = endpoint !== undefined && isLoopback(endpoint);
  return new DynamoDBClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(local
      ? { region: region ?? "local", credentials: { accessKeyId: "local", secretAccessKey: "local" } }
      : {}),
  });
}

/** The ledger in the table at this address. Nothing is sent until it is used. */
export function dynamoLedger(address: TableAddress): DynamoLedger {
  const document = DynamoDBDocumentClient.from(connect(address), {
    // The SDK takes a map with a member "constructor" for an instance of a class.
    marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true },
  });
  return new DynamoLedger(document, address.table);
}
