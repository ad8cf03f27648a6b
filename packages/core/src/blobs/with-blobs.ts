import { UserError } from "../domain/errors.ts";
import { sha256 } from "../domain/hash.ts";
import { parseRef } from "../domain/ref.ts";
import { corruptContent } from "../domain/version.ts";
import { isVersionKey } from "../ledger/item.ts";
import { itemSize } from "../ledger/item-size.ts";
import type { Item, Ledger, LedgerReader } from "../ledger/ledger.ts";
import type { BlobStore } from "./blob-store.ts";

/**
 * The longest definition that stays in its item, in bytes of UTF-8. Well below DynamoDB's 400 KB, since reads are paid
 * for by the size of whole items.
 */
const MAX_INLINE_BYTES = 65_536;
/**
 * The largest version, 32 MiB: who reads one holds its text several times over while it is hashed and parsed, and the
 * client's cache (64 MiB) should have room for more than one. S3 itself would take more.
 */
const MAX_VERSION_BYTES = 32 * 1024 * 1024;
const BLOBS_IN_FLIGHT = 8;

/**
 * A ledger whose large definitions are kept in `blobs`. Only the items that reach `ledger` differ: in place of
 * `definition` they have `blob`, its hash. A text is kept before its item is inserted, so that no item names a text that
 * is not there; an insert that fails leaves a text that nothing names, which harms nobody.
 */
export function withBlobs(ledger: Ledger, blobs: BlobStore): Ledger {
  return {
    ...readerWithBlobs(ledger, blobs),
    maxItemBytes: MAX_VERSION_BYTES,
    async insert(items) {
      await ledger.insert(await eachInFlight(items, (item) => putText(item, blobs)));
    },
    index: (name, value) => ledger.index(name, value),
    keys: () => ledger.keys(),
  };
}

/** What {@link withBlobs} wrote, for who only reads. */
export function readerWithBlobs(reader: LedgerReader, blobs: BlobStore): LedgerReader {
  return {
    async get(keys) {
      return eachInFlight(await reader.get(keys), (item) => getText(item, blobs));
    },
    async *query(pk, options) {
      for await (const item of reader.query(pk, options)) yield getText(item, blobs);
    },
  };
}

async function putText(item: Item, blobs: BlobStore): Promise<Item> {
  const { definition, ...rest } = item;
  if (!isVersionKey(item) || typeof definition !== "string" || item.blob !== undefined) return item;
  if (Buffer.byteLength(definition) <= MAX_INLINE_BYTES) return item;
  const bytes = itemSize(item);
  if (bytes > MAX_VERSION_BYTES) throw versionTooLarge(item, bytes);
  const blob = sha256(definition);
  await blobs.put(blob, definition);
  return { ...rest, pk: item.pk, sk: item.sk, blob };
}

async function getText(item: Item, blobs: BlobStore): Promise<Item> {
  const { blob, ...rest } = item;
  if (!isVersionKey(item) || blob === undefined || item.definition !== undefined) return item;
  const ref = parseRef(item.pk);
  if (typeof blob !== "string" || !/^[0-9a-f]{64}$/.test(blob)) {
    throw corruptContent(ref, "is kept under no hash", { blob });
  }
  const definition = await blobs.get(blob);
  if (definition === undefined) throw corruptContent(ref, "is missing from where it is kept", { blob });
  const actual = sha256(definition);
  if (actual !== blob) {
    throw corruptContent(ref, "is not what was published", { expected: blob, actual });
  }
  return { ...rest, pk: item.pk, sk: item.sk, definition };
}

/** Some at a time: each may hold a large text. In the order of the items. */
async function eachInFlight(
  items: readonly Item[],
  work: (item: Item) => Promise<Item>,
): Promise<readonly Item[]> {
  const done: Item[] = [];
  for (let at = 0; at < items.length; at += BLOBS_IN_FLIGHT) {
    done.push(...(await Promise.all(items.slice(at, at + BLOBS_IN_FLIGHT).map(work))));
  }
  return done;
}

function versionTooLarge({ pk, sk }: Item, bytes: number): UserError {
  return new UserError("item-too-large", `${pk} takes ${bytes.toLocaleString("en")} bytes`, {
    hint: `Shorten the prompt: a version may take ${MAX_VERSION_BYTES.toLocaleString("en")}.`,
    facts: { pk, sk, bytes, limit: MAX_VERSION_BYTES },
  });
}
