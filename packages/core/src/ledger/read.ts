import { parseRef, type Ref } from "../domain/ref.ts";
import type { LedgerEvent } from "../domain/stream.ts";
import type { VersionRecord } from "../domain/version.ts";
import { CATALOG, eventFromItem, eventKey, versionFromItem, versionKey } from "./item.ts";
import type { Key, Ledger, LedgerReader } from "./ledger.ts";

/** The newest event of a prompt, whose `state` is the prompt's; undefined when the id has none. One query of one item. */
export async function readHead(ledger: LedgerReader, id: string): Promise<LedgerEvent | undefined> {
  for await (const item of ledger.query(id, { newestFirst: true, limit: 1 })) return eventFromItem(item);
  return undefined;
}

/** The events of a prompt, newest first. */
export async function* readEvents(ledger: LedgerReader, id: string): AsyncIterable<LedgerEvent> {
  for await (const item of ledger.query(id, { newestFirst: true })) yield eventFromItem(item);
}

/** One event of a prompt, or undefined. */
export async function readEvent(
  ledger: LedgerReader,
  id: string,
  seq: number,
): Promise<LedgerEvent | undefined> {
  const [item] = await ledger.get([eventKey(id, seq)]);
  return item === undefined ? undefined : eventFromItem(item);
}

/** The record of one version, or undefined. Its content is not checked yet: `openRecord` does that. */
export async function readVersion(ledger: LedgerReader, ref: Ref): Promise<VersionRecord | undefined> {
  const [item] = await ledger.get([versionKey(ref)]);
  return item === undefined ? undefined : versionFromItem(item);
}

/** The records of these versions, those that exist, in no particular order. */
export async function readVersions(
  ledger: LedgerReader,
  refs: readonly Ref[],
): Promise<readonly VersionRecord[]> {
  return (await ledger.get(refs.map(versionKey))).map(versionFromItem);
}

/** The ids of all prompts, in order. */
export async function* readIds(ledger: Ledger): AsyncIterable<string> {
  for await (const { pk } of ledger.index("catalog", CATALOG)) yield pk;
}

/** The versions whose parent is `ref`, those in other prompts included. */
export async function* readChildren(ledger: Ledger, ref: string): AsyncIterable<Ref> {
  for await (const { pk } of ledger.index("children", ref)) yield parseRef(pk);
}

/** The versions published from one commit (its full hash). */
export async function* readCommit(ledger: Ledger, commit: string): AsyncIterable<Ref> {
  for await (const { pk } of ledger.index("commit", commit)) yield parseRef(pk);
}

/** The events of all prompts in one month (`YYYY-MM`, UTC), newest first, read a page at a time. */
export async function* readMonth(ledger: Ledger, month: string): AsyncIterable<LedgerEvent> {
  for await (const page of pages(ledger.index("audit", month), 100)) {
    const found = new Map((await ledger.get(page)).map((item) => [`${item.pk} ${item.sk}`, item]));
    for (const { pk, sk } of page) {
      const item = found.get(`${pk} ${sk}`);
      if (item !== undefined) yield eventFromItem(item);
    }
  }
}

async function* pages(keys: AsyncIterable<Key>, size: number): AsyncIterable<readonly Key[]> {
  let page: Key[] = [];
  for await (const key of keys) {
    page.push(key);
    if (page.length === size) {
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}
