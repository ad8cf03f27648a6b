import type { AuthoredDates, Candidate, PromptDefinition, Source } from "./definition.ts";
import { ServiceError } from "./errors.ts";
import { canonicalJson, sha256 } from "./hash.ts";
import { formatRef, type Ref } from "./ref.ts";

/** A published version as it stands in the ledger, its definition still the text that was hashed. */
export interface VersionRecord extends Ref, AuthoredDates {
  /** Canonical JSON of the {@link PromptDefinition}: the very bytes that `contentHash` is the hash of. */
  readonly definition: string;
  readonly contentHash: string;
  readonly parent?: string;
  readonly source: Source;
  /** When it was published, ISO 8601 in UTC: the time of its event. */
  readonly at: string;
  /** The sequence number of its event. */
  readonly seq: number;
}

/** The record of publishing `candidate` with the event `seq` at time `at`. */
export function recordOf(candidate: Candidate, seq: number, at: string): VersionRecord {
  const { definition, source, created, updated } = candidate;
  const text = canonicalJson(definition);
  return {
    id: definition.id,
    version: definition.version,
    definition: text,
    contentHash: sha256(text),
    ...(definition.parent === undefined ? {} : { parent: definition.parent }),
    source,
    ...(created === undefined ? {} : { created }),
    ...(updated === undefined ? {} : { updated }),
    at,
    seq,
  };
}

/** SHA-256 over the whole record; the publishing event holds it. */
export function recordHash(record: VersionRecord): string {
  return sha256(canonicalJson(record));
}

/**
 * The definition in a record, after checking that it is what was hashed and what it is filed as.
 *
 * @throws ServiceError `corrupt-content` when the text does not have the record's content hash, or belongs to another ref.
 */
export function openRecord(record: VersionRecord): PromptDefinition {
  const actual = sha256(record.definition);
  if (actual !== record.contentHash)
    throw corruptContent(record, "is not what was published", { expected: record.contentHash, actual });
  const definition = JSON.parse(record.definition) as PromptDefinition;
  if (definition.id !== record.id || definition.version !== record.version) {
    const facts = { expected: formatRef(record), actual: formatRef(definition) };
    throw corruptContent(record, "is not what was published", facts);
  }
  return definition;
}

/** What reading a version fails with whose content cannot be trusted. */
export function corruptContent(
  version: Ref,
  problem: string,
  facts: Readonly<Record<string, unknown>>,
): ServiceError {
  const ref = formatRef(version);
  return new ServiceError("corrupt-content", `the stored content of ${ref} ${problem}`, {
    hint: `Serve another version (promptops pin) and find what changed: promptops verify ${version.id}`,
    facts: { ref, ...facts },
  });
}
