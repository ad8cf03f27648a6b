import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { PipesClient } from "@aws-sdk/client-pipes";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { UserError } from "@promptops/core/domain";
import { isLoopback } from "@promptops/core/dynamo";

export type Clients = ReturnType<typeof connect>;

/**
 * Clients for all that is asked. Credentials and endpoints are the AWS SDK's own settings.
 *
 * @throws UserError `bad-endpoint` where the endpoint of S3 is no URL.
 */
export function connect(region: string) {
  const settings = {
    region,
    // One for a clock that is wrong, which the SDK then allows for; one for all else.
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000 },
  };
  const sts = new STSClient(settings);
  // Found once for all: finding them may take calls of its own.
  const same = { ...settings, credentials: sts.config.credentials };
  return {
    sts,
    cloudwatch: new CloudWatchClient(same),
    dynamodb: new DynamoDBClient(same),
    firehose: new FirehoseClient(same),
    lambda: new LambdaClient(same),
    pipes: new PipesClient(same),
    s3: new S3Client({ ...same, forcePathStyle: s3IsHere() }),
    sns: new SNSClient(same),
    ssm: new SSMClient(same),
  };
}

export function disconnect(clients: Clients): void {
  for (const client of Object.values(clients)) client.destroy();
}

/** On this machine a bucket is no host name. */
function s3IsHere(): boolean {
  const variable = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].find((name) => process.env[name]);
  if (variable === undefined) return false;
  const endpoint = process.env[variable] ?? "";
  if (URL.canParse(endpoint)) return isLoopback(endpoint);
  throw new UserError("bad-endpoint", `${variable} is no URL: ${endpoint}`, {
    hint: "Unset it, and AWS itself is asked, or set it to a URL, such as http://127.0.0.1:9000.",
  });
}
