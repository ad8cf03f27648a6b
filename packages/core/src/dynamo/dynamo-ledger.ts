import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  paginateQuery,
  paginateScan,
} from "@aws-sdk/lib-dynamodb";
import { openBlobs } from "../blobs/open-blobs.ts";
import { withBlobs } from "../blobs/with-blobs.ts";
import { MAX_ITEM_BYTES } from "../ledger/item-size.ts";
import { type IndexName, type Item, type Key, type Ledger, MAX_INSERT } from "../ledger/ledger.ts";
import { INDEXES, TABLE_KEY } from "../ledger/table.ts";
import { connect, type TableAddress } from "./connect.ts";
import { DynamoReader } from "./dynamo-reader.ts";
import { isDuplicate, toLedgerError } from "./errors.ts";

/**
 * The ledger in a DynamoDB table. It writes by PartiQL INSERT alone, which fails on a key that exists and is its own
 * IAM action, so that a role can be allowed to append and nothing else.
 */
class DynamoLedger extends DynamoReader implements Ledger {
  readonly maxItemBytes = MAX_ITEM_BYTES;
  readonly #client: DynamoDBDocumentClient;

  constructor(client: DynamoDBClient, table: string) {
    super(client, table);
    this.#client = DynamoDBDocumentClient.from(client, {
      // The SDK takes a map with a member "constructor" for an instance of a class.
      marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true },
    });
  }

  async insert(items: readonly Item[]): Promise<void> {
    if (items.length > MAX_INSERT) throw new RangeError(`more than ${MAX_INSERT} items`);
    const statements = items.map((item) => insertStatement(this.table, item));
    const [only] = statements;
    try {
      if (only !== undefined && statements.length === 1) {
        await this.#client.send(new ExecuteStatementCommand(only));
      } else {
        await this.#client.send(new ExecuteTransactionCommand({ TransactStatements: statements }));
      }
    } catch (error) {
      if (isDuplicate(error) && (await this.#isOurs(items))) return;
      throw toLedgerError(error, items, this.table);
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

  async *index(name: IndexName, value: string): AsyncIterable<Key> {
    const { hash, newestFirst } = INDEXES[name];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.table,
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
        TableName: this.table,
        ConsistentRead: true,
        ProjectionExpression: "#pk, #sk",
        ExpressionAttributeNames: { "#pk": TABLE_KEY.hash, "#sk": TABLE_KEY.range },
      },
    );
    for await (const { pk, sk } of this.#items(pages)) yield { pk, sk };
  }

  async *#items(pages: AsyncIterator<{ Items?: Record<string, unknown>[] | undefined }>): AsyncIterable<Key> {
    for (;;) {
      const page = await this.ask(() => pages.next());
      if (page.done) return;
      yield* (page.value.Items ?? []) as unknown as Key[];
    }
  }
}

/** `INSERT INTO "table" VALUE {'pk': ?, …}`: names quoted, so that reserved words such as `state` pass, values as parameters. */
function insertStatement(table: string, item: Item): { Statement: string; Parameters: unknown[] } {
  const names = Object.keys(item).map((name) => `'${name}': ?`);
  return { Statement: `INSERT INTO "${table}" VALUE {${names.join(", ")}}`, Parameters: Object.values(item) };
}

/**
 * The ledger in the table at this address. Nothing is sent until it is used.
 *
 * @throws UserError `malformed-blobs-url`.
 */
export function dynamoLedger(address: TableAddress): Ledger {
  const ledger = new DynamoLedger(connect(address), address.table);
  return address.blobs === undefined ? ledger : withBlobs(ledger, openBlobs(address.blobs));
}
