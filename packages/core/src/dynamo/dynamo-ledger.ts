import { setTimeout } from "node:timers/promises";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  GetCommand,
  paginateQuery,
  paginateScan,
} from "@aws-sdk/lib-dynamodb";
import { type IndexName, type Item, type Key, type Ledger, MAX_INSERT } from "../ledger/ledger.ts";
import { INDEXES, TABLE_KEY } from "../ledger/table.ts";
import { isDuplicate, toLedgerError } from "./errors.ts";

/** DynamoDB's limit of keys in one BatchGetItem. */
const MAX_GET = 100;
/** How many batches are read at once. */
const GETS_IN_FLIGHT = 8;

/**
 * The ledger in a DynamoDB table. It writes by PartiQL INSERT alone, which fails on a key that exists and is its own
 * IAM action, so that a role can be allowed to append and nothing else.
 */
export class DynamoLedger implements Ledger {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async insert(items: readonly Item[]): Promise<void> {
    if (items.length > MAX_INSERT) throw new RangeError(`more than ${MAX_INSERT} items`);
    const statements = items.map((item) => insertStatement(this.#table, item));
    const [only] = statements;
    try {
      if (only !== undefined && statements.length === 1) {
        await this.#client.send(new ExecuteStatementCommand(only));
      } else {
        await this.#client.send(new ExecuteTransactionCommand({ TransactStatements: statements }));
      }
    } catch (error) {
      if (isDuplicate(error) && (await this.#isOurs(items))) return;
      throw toLedgerError(error, items, this.#table);
    }
  }

  /**
   * Whether what is stored is what we meant to insert: a retry after a lost answer meets the first try's own items.
   * One item tells for all, since they were inserted together.
   */
  async #isOurs(items: readonly Item[]): Promise<boolean> {
    const ours = items.find((item) => item.eventId !== undefined);
    if (ours === undefined) return false;
    const [stored] = await this.get([{ pk: ours.pk, sk: ours.sk }]);
    return stored?.eventId === ours.eventId;
  }

  async get(keys: readonly Key[]): Promise<readonly Item[]> {
    const [only] = keys;
    if (only !== undefined && keys.length === 1) return this.#getOne(only);
    const batches: Key[][] = [];
    for (let at = 0; at < keys.length; at += MAX_GET) {
      batches.push(keys.slice(at, at + MAX_GET).map(({ pk, sk }) => ({ pk, sk })));
    }
    const found: Item[] = [];
    const worker = async () => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
        found.push(...(await this.#getBatch(batch)));
      }
    };
    await Promise.all(Array.from({ length: Math.min(GETS_IN_FLIGHT, batches.length) }, worker));
    return found;
  }

  async #getOne({ pk, sk }: Key): Promise<readonly Item[]> {
    const request = new GetCommand({ TableName: this.#table, Key: { pk, sk }, ConsistentRead: true });
    const { Item: item } = await this.#send(() => this.#client.send(request));
    return item === undefined ? [] : [item as Item];
  }

  /** One batch, asked again for what there was no room or no capacity for. */
  async #getBatch(keys: readonly Key[]): Promise<readonly Item[]> {
    const found: Item[] = [];
    let rest: Record<string, unknown>[] = keys.map((key) => ({ ...key }));
    while (rest.length > 0) {
      const request = new BatchGetCommand({
        RequestItems: { [this.#table]: { Keys: rest, ConsistentRead: true } },
      });
      const answer = await this.#send(() => this.#client.send(request));
      const items = answer.Responses?.[this.#table] ?? [];
      found.push(...(items as Item[]));
      rest = answer.UnprocessedKeys?.[this.#table]?.Keys ?? [];
      if (items.length === 0 && rest.length > 0) await setTimeout(50 + Math.random() * 100);
    }
    return found;
  }

  async *query(pk: string, options: { newestFirst?: boolean; limit?: number } = {}): AsyncIterable<Item> {
    const { newestFirst = false, limit } = options;
    let left = limit ?? Number.POSITIVE_INFINITY;
    const pages = paginateQuery(
      { client: this.#client, ...(limit === undefined ? {} : { pageSize: limit }) },
      {
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: "#pk = :pk",
        ExpressionAttributeNames: { "#pk": TABLE_KEY.hash },
        ExpressionAttributeValues: { ":pk": pk },
        ScanIndexForward: !newestFirst,
      },
    );
    for await (const item of this.#items(pages)) {
      yield item as Item;
      left -= 1;
      if (left === 0) return;
    }
  }

  async *index(name: IndexName, value: string): AsyncIterable<Key> {
    const { hash, newestFirst } = INDEXES[name];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        IndexName: name,
        KeyConditionExpression: "#hash = :value",
        ExpressionAttributeNames: { "#hash": hash },
        ExpressionAttributeValues: { ":value": value },
        ScanIndexForward: !newestFirst,
      },
    );
    for await (const { pk, sk } of this.#items(pages)) yield { pk, sk };
  }

  async *keys(): AsyncIterable<Key> {
    const pages = paginateScan(
      { client: this.#client },
      {
        TableName: this.#table,
        ConsistentRead: true,
        ProjectionExpression: "#pk, #sk",
        ExpressionAttributeNames: { "#pk": TABLE_KEY.hash, "#sk": TABLE_KEY.range },
      },
    );
    for await (const { pk, sk } of this.#items(pages)) yield { pk, sk };
  }

  async *#items(pages: AsyncIterator<{ Items?: Record<string, unknown>[] | undefined }>): AsyncIterable<Key> {
    for (;;) {
      const page = await this.#send(() => pages.next());
      if (page.done) return;
      yield* (page.value.Items ?? []) as unknown as Key[];
    }
  }

  async #send<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw toLedgerError(error, [], this.#table);
    }
  }
}

/** `INSERT INTO "table" VALUE {'pk': ?, …}`: names quoted, so that reserved words such as `state` pass, values as parameters. */
function insertStatement(table: string, item: Item): { Statement: string; Parameters: unknown[] } {
  const names = Object.keys(item).map((name) => `'${name}': ?`);
  return { Statement: `INSERT INTO "${table}" VALUE {${names.join(", ")}}`, Parameters: Object.values(item) };
}
