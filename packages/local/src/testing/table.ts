// A table to write to and read from: the DynamoDB protocol by hand, so that a process of its own starts fast.

const HEADERS = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-date": "20260101T000000Z",
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
};

interface Item {
  readonly pk: { readonly S: string };
}

async function call(endpoint: string, operation: string, input: object): Promise<{ Items?: Item[] }> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { ...HEADERS, "x-amz-target": `DynamoDB_20120810.${operation}` },
    body: JSON.stringify({ TableName: "keys", ...input }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${text}`);
  return JSON.parse(text);
}

export async function createTable(endpoint: string): Promise<void> {
  await call(endpoint, "CreateTable", {
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
}

export async function put(endpoint: string, key: string): Promise<void> {
  await call(endpoint, "PutItem", { Item: { pk: { S: key } } });
}

/** All keys ever put, sorted. */
export async function keys(endpoint: string): Promise<string[]> {
  const { Items = [] } = await call(endpoint, "Scan", { ConsistentRead: true });
  return Items.map((item) => item.pk.S).sort();
}
