import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

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

/**
 * A client for the endpoint. A loopback endpoint gets a stand-in region and credentials where there are none.
 *
 * @param config settings of the SDK's besides.
 */
export function connect(
  { region, endpoint }: Omit<TableAddress, "table">,
  config: Pick<DynamoDBClientConfig, "maxAttempts" | "requestHandler"> = {},
): DynamoDBClient {
  const local = endpoint !== undefined && isLoopback(endpoint);
  return new DynamoDBClient({
    ...config,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(local
      ? { region: region ?? "local", credentials: { accessKeyId: "local", secretAccessKey: "local" } }
      : {}),
  });
}
