import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { isLoopback, LOCAL_IDENTITY } from "../aws/loopback.ts";

/** Where a ledger is. What is left out is taken from the environment, as the AWS SDK does. */
export interface TableAddress {
  readonly table: string;
  readonly region?: string;
  /** Another DynamoDB than the region's: an embedded engine, a VPC endpoint. */
  readonly endpoint?: string;
  /** Where large definitions are kept: `s3://bucket`, `s3://bucket/prefix` or `file:///folder`. In their items if absent. */
  readonly blobs?: string;
}

/**
 * A client for the endpoint. A loopback endpoint gets a stand-in region and credentials where there are none.
 *
 * @param config settings of the SDK's besides.
 */
export function connect(
  { region, endpoint }: Pick<TableAddress, "region" | "endpoint">,
  config: Pick<DynamoDBClientConfig, "maxAttempts" | "requestHandler"> = {},
): DynamoDBClient {
  const local = endpoint !== undefined && isLoopback(endpoint);
  return new DynamoDBClient({
    ...config,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(local ? LOCAL_IDENTITY : {}),
    ...(region === undefined ? {} : { region }),
  });
}
