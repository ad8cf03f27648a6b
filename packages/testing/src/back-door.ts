import {
  DeleteCommand,
  DynamoDBDocumentClient,
  type NativeAttributeValue,
  PutCommand,
  paginateScan,
} from "@aws-sdk/lib-dynamodb";
import { connect } from "@promptops/core/dynamo";
import type { Key } from "@promptops/core/ledger";
import type { TestTable } from "./describe-ledgers.ts";

/** An item of anything that DynamoDB can hold, types the ledger never writes included. */
export type RawItem = Key & { readonly [attribute: string]: NativeAttributeValue };

/** A way to a ledger's items that does not go through the ledger, for tests of what it notices. */
export class BackDoor {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor({ table, endpoint }: TestTable) {
    this.#client = DynamoDBDocumentClient.from(connect({ endpoint }));
    this.#table = table;
  }

  /** All items of the table, by key. */
  async items(): Promise<readonly RawItem[]> {
    const items: RawItem[] = [];
    const pages = paginateScan({ client: this.#client }, { TableName: this.#table, ConsistentRead: true });
    for await (const { Items = [] } of pages) items.push(...(Items as RawItem[]));
    return items.sort((a, b) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1));
  }

  /** Writes an item over whatever is there. */
  async put(item: RawItem): Promise<void> {
    await this.#client.send(new PutCommand({ TableName: this.#table, Item: item }));
  }

  async remove({ pk, sk }: Key): Promise<void> {
    await this.#client.send(new DeleteCommand({ TableName: this.#table, Key: { pk, sk } }));
  }
}
