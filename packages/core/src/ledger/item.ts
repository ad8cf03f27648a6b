import type { Source } from "../domain/definition.ts";
import { ServiceError } from "../domain/errors.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { formatRef, parseRef, type Ref } from "../domain/ref.ts";
import type { LedgerEvent, State } from "../domain/stream.ts";
import type { VersionRecord } from "../domain/version.ts";
import type { Item, Key } from "./ledger.ts";

const VERSION_SK = "version";
const SEQ_DIGITS = 10;
/** The one value in the `catalog` index. */
export const CATALOG = "prompt";

export function eventKey(id: string, seq: number): Key {
  return { pk: id, sk: String(seq).padStart(SEQ_DIGITS, "0") };
}

export function versionKey(ref: Ref): Key {
  return { pk: formatRef(ref), sk: VERSION_SK };
}

/** Whether a key is a version's; else it is an event's. */
export function isVersionKey(key: Key): boolean {
  return key.sk === VERSION_SK;
}

/** An event as an item. `month` feeds the `audit` index, `catalog` (on first events alone) the index of that name. */
export function eventToItem(event: LedgerEvent): Item {
  const { id, seq, prevHash, reason, state, ...rest } = event;
  return {
    ...eventKey(id, seq),
    ...rest,
    state: state as unknown as JsonObject,
    ...(reason === null ? {} : { reason }),
    ...(prevHash === null ? {} : { prevHash }),
    month: event.at.slice(0, 7),
    ...(seq === 1 ? { catalog: CATALOG } : {}),
  };
}

/** @throws ServiceError `corrupt-item` when an attribute is missing or of the wrong type. */
export function eventFromItem(item: Item): LedgerEvent {
  const read = reader(item);
  return {
    id: item.pk,
    seq: Number(item.sk),
    eventId: read.text("eventId"),
    type: read.text("type"),
    schema: read.number("schema"),
    at: read.text("at"),
    actor: read.text("actor"),
    reason: read.optional("reason") ?? null,
    data: read.object("data"),
    state: read.object("state") as unknown as State,
    prevHash: read.optional("prevHash") ?? null,
    hash: read.text("hash"),
  };
}

/** A version as an item. `parent` and `commit` feed the `children` and `commit` indexes. */
export function versionToItem(record: VersionRecord): Item {
  const { id, version, source, ...rest } = record;
  return {
    ...versionKey({ id, version }),
    ...rest,
    source: source as unknown as JsonObject,
    ...(source.commit === undefined ? {} : { commit: source.commit }),
  };
}

/**
 * @throws ServiceError `corrupt-item` when an attribute is missing or of the wrong type, `no-blobs-named` when the
 *   definition is kept elsewhere and nobody said where.
 */
export function versionFromItem(item: Item): VersionRecord {
  if (item.definition === undefined && item.blob !== undefined) throw noBlobsNamed(item);
  const read = reader(item);
  const parent = read.optional("parent");
  const created = read.optional("created");
  const updated = read.optional("updated");
  return {
    ...parseRef(item.pk),
    definition: read.text("definition"),
    contentHash: read.text("contentHash"),
    ...(parent === undefined ? {} : { parent }),
    source: read.object("source") as Source,
    ...(created === undefined ? {} : { created }),
    ...(updated === undefined ? {} : { updated }),
    at: read.text("at"),
    seq: read.number("seq"),
  };
}

function noBlobsNamed({ pk, blob }: Item): ServiceError {
  return new ServiceError(
    "no-blobs-named",
    `${pk} is kept outside of the table, and PROMPTOPS_BLOBS is not set`,
    {
      hint: "Set it to where the writers of this ledger keep large prompts, such as s3://bucket.",
      facts: { ref: pk, blob },
    },
  );
}

function reader(item: Item) {
  const fail = (name: string, expected: string) =>
    new ServiceError("corrupt-item", `the item ${item.pk} ${item.sk} has no ${expected} "${name}"`, {
      hint: "It was changed behind the ledger's back. See what else was: promptops verify",
      facts: { pk: item.pk, sk: item.sk, attribute: name },
    });
  return {
    text(name: string): string {
      const value = item[name];
      if (typeof value !== "string") throw fail(name, "text");
      return value;
    },
    optional(name: string): string | undefined {
      return item[name] === undefined ? undefined : this.text(name);
    },
    number(name: string): number {
      const value = item[name];
      if (typeof value !== "number") throw fail(name, "number");
      return value;
    },
    object(name: string): JsonObject {
      const value = item[name];
      if (!isMap(value) || !isJson(value)) throw fail(name, "map");
      return value;
    },
  };
}

/** DynamoDB also has sets, bytes and numbers beyond JavaScript's: nothing that a hash of JSON could tell from `{}`. */
function isJson(value: JsonValue | bigint | undefined): boolean {
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value === "object" && value !== null) return isMap(value) && Object.values(value).every(isJson);
  return typeof value !== "bigint" && value !== undefined;
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
