import { setTimeout } from "node:timers/promises";
import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { openBlobs } from "../blobs/open-blobs.ts";
import { readerWithBlobs } from "../blobs/with-blobs.ts";
import type { Item, Key, LedgerReader } from "../ledger/ledger.ts";
import { TABLE_KEY } from "../ledger/table.ts";
import { connect, type TableAddress } from "./connect.ts";
import { toLedgerError } from "./errors.ts";

/** DynamoDB's limit of keys in one BatchGetItem. */
const MAX_GET = 100;
/** How many batches are read at once. */
const GETS_IN_FLIGHT = 8;

type RawItem = Record<string, AttributeValue>;

/**
 * Reads a ledger in a DynamoDB table, always consistently. Apart from `DynamoLedger`, so that a function that only
 * reads loads no more of the AWS SDK than it needs: that is most of a cold start.
 */
export class DynamoReader implements LedgerReader {
  readonly #client: DynamoDBClient;
  protected readonly table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.table = table;
  }

  async get(keys: readonly Key[]): Promise<readonly Item[]> {
    const [only] = keys;
    if (only !== undefined && keys.length === 1) return this.#getOne(only);
    const batches: Key[][] = [];
    for (let at = 0; at < keys.length; at += MAX_GET) batches.push(keys.slice(at, at + MAX_GET));
    const found: Item[] = [];
    const worker = async () => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
        found.push(...(await this.#getBatch(batch)));
      }
    };
    await Promise.all(Array.from({ length: Math.min(GETS_IN_FLIGHT, batches.length) }, worker));
    return found;
  }

  async #getOne(key: Key): Promise<readonly Item[]> {
    const request = new GetItemCommand({ TableName: this.table, Key: rawKey(key), ConsistentRead: true });
    const { Item: item } = await this.ask(() => this.#client.send(request));
    return item === undefined ? [] : [fromRaw(item)];
  }

  /** One batch, asked again for what there was no room or no capacity for. */
  async #getBatch(keys: readonly Key[]): Promise<readonly Item[]> {
    const found: Item[] = [];
    let rest = keys.map(rawKey);
    while (rest.length > 0) {
      const request = new BatchGetItemCommand({
        RequestItems: { [this.table]: { Keys: rest, ConsistentRead: true } },
      });
      const answer = await this.ask(() => this.#client.send(request));
      const items = answer.Responses?.[this.table] ?? [];
      found.push(...items.map(fromRaw));
      rest = answer.UnprocessedKeys?.[this.table]?.Keys ?? [];
      if (items.length === 0 && rest.length > 0) await setTimeout(50 + Math.random() * 100);
    }
    return found;
  }

  async *query(pk: string, options: { newestFirst?: boolean; limit?: number } = {}): AsyncIterable<Item> {
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    let from: RawItem | undefined;
    do {
      const request = new QueryCommand({
        TableName: this.table,
        ConsistentRead: true,
        KeyConditionExpression: "#pk = :pk",
        ExpressionAttributeNames: { "#pk": TABLE_KEY.hash },
        ExpressionAttributeValues: { ":pk": { S: pk } },
        ScanIndexForward: !options.newestFirst,
        ...(options.limit === undefined ? {} : { Limit: options.limit }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      });
      const page = await this.ask(() => this.#client.send(request));
      for (const item of page.Items ?? []) {
        yield fromRaw(item);
        left -= 1;
        if (left === 0) return;
      }
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }

  /** Runs a request, and says in this software's own terms why it failed. */
  protected async ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw toLedgerError(error, [], this.table);
    }
  }
}

function rawKey({ pk, sk }: Key): RawItem {
  return { [TABLE_KEY.hash]: { S: pk }, [TABLE_KEY.range]: { S: sk } };
}

function fromRaw(item: RawItem): Item {
  return unmarshall(item) as Item;
}

/**
 * Reads a prompt's table for a program that waits: it gives up where the SDK alone would wait without end. DynamoDB
 * answers such reads in milliseconds.
 *
 * @throws UserError `malformed-blobs-url`.
 */
export function dynamoReader(address: TableAddress): LedgerReader {
  const patience = { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true };
  const client = connect(address, { maxAttempts: 2, requestHandler: patience });
  const reader = new DynamoReader(client, address.table);
  return address.blobs === undefined ? reader : readerWithBlobs(reader, openBlobs(address.blobs));
}
