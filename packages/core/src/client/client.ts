import { LRUCache } from "lru-cache";
import type { PromptDefinition } from "../domain/definition.ts";
import { ServiceError, UserError } from "../domain/errors.ts";
import { promptNotFound, versionNotFound } from "../domain/not-found.ts";
import { formatRef, parsePartialRef, type Ref } from "../domain/ref.ts";
import { DEFAULT_CHANNEL, served } from "../domain/resolve.ts";
import type { State } from "../domain/stream.ts";
import { openRecord } from "../domain/version.ts";
import { dynamoReader } from "../dynamo/dynamo-reader.ts";
import type { LedgerReader } from "../ledger/ledger.ts";
import { readHead, readVersion } from "../ledger/read.ts";
import { addressIn, ttlIn } from "./environment.ts";
import { type Prompt, type Provenance, toPrompt } from "./prompt.ts";
import { SingleFlight } from "./single-flight.ts";

export interface PromptClientOptions {
  /** Where prompts are read from; by default the table that `PROMPTOPS_TABLE` and the AWS settings name. */
  readonly ledger?: LedgerReader;
  /** For how long an answer about which version a channel serves holds, in milliseconds. Default: `PROMPTOPS_TTL_MS`, else 30,000. */
  readonly ttlMs?: number;
  /** The most bytes of versions kept in memory. Default 64 MiB. Those read longest ago go first. */
  readonly maxBytes?: number;
}

export interface PromptRequest {
  /** This version exactly, whatever is pinned, retired prompts included. */
  readonly version?: number;
  /** The channel to follow. Default `live`. */
  readonly channel?: string;
  /** Who asks (a user, a session), so that one caller always gets the same version of a weighted pin. */
  readonly key?: string;
}

export interface PromptClient {
  /**
   * The prompt that a channel serves, or one exact version of it, its content checked against its hash.
   *
   * @param id a prompt's id; `id#version` stands for `{ version }`.
   * @throws UserError `prompt-not-found`, `version-not-found`, `prompt-retired`, `no-evidence` or
   *   `malformed-ref`.
   * @throws ServiceError `corrupt-content` when what is stored is not what was published; others when the ledger
   *   cannot be read.
   */
  get(id: string, request?: PromptRequest): Promise<Prompt>;
}

interface Head {
  readonly state: State;
  readonly readAt: number;
}

interface Held {
  readonly definition: PromptDefinition;
  readonly contentHash: string;
  readonly bytes: number;
}

/**
 * A client with a cache of its own. Versions never change, so they are kept until memory is needed; which version a
 * channel serves is asked again after `ttlMs`. Concurrent reads of one thing share one request.
 *
 * @example
 * const prompts = createPromptClient({ ttlMs: 10_000 });
 * const prompt = await prompts.get("customer-support.intent-classifier");
 */
export function createPromptClient(options: PromptClientOptions = {}): PromptClient {
  const { ttlMs = ttlIn(process.env), maxBytes = 64 * 1024 * 1024 } = options;
  const ledger = options.ledger ?? dynamoReader(addressIn(process.env));
  const heads = new LRUCache<string, Head>({ max: 100_000 });
  const versions = new LRUCache<string, Held>({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes });
  const headFlights = new SingleFlight<Head>();
  const versionFlights = new SingleFlight<Held>();

  async function fetchHead(id: string): Promise<Head> {
    const readAt = Date.now();
    const event = await readHead(ledger, id);
    if (event === undefined) throw promptNotFound(id);
    const head = { state: event.state, readAt };
    heads.set(id, head);
    return head;
  }

  async function fetchVersion(ref: Ref): Promise<Held> {
    const record = await readVersion(ledger, ref);
    if (record === undefined) throw versionNotFound(ref);
    const held = {
      definition: openRecord(record),
      contentHash: record.contentHash,
      bytes: Buffer.byteLength(record.definition),
    };
    versions.set(formatRef(ref), held);
    return held;
  }

  async function getVersion(ref: Ref): Promise<{ readonly held: Held; readonly source: Prompt["source"] }> {
    const name = formatRef(ref);
    const held = versions.get(name);
    if (held !== undefined) return { held, source: "memory" };
    return { held: await versionFlights.run(name, () => fetchVersion(ref)), source: "ledger" };
  }

  async function getExact(ref: Ref): Promise<Prompt> {
    const { held, source } = await getVersion(ref);
    return toPrompt(held.definition, held.contentHash, { source, ageMs: 0 });
  }

  async function getServed(id: string, channel: string, key: string | undefined): Promise<Prompt> {
    const known = heads.get(id);
    const age = known === undefined ? ttlMs : Date.now() - known.readAt;
    const fresh = known !== undefined && age >= 0 && age < ttlMs;
    const head = fresh ? known : await headFlights.run(id, () => fetchHead(id));
    if (head.state.retired) throw promptRetired(id);
    const mark = served(head.state, channel, key);
    if (mark === undefined)
      throw head.state.latest === null ? promptNotFound(id) : nothingServed(id, channel);
    const { held, source } = await getVersion({ id, version: mark.version });
    if (held.contentHash !== mark.contentHash) throw contentMismatch({ id, version: mark.version });
    const pinSeq = head.state.pins[channel]?.seq;
    const provenance: Provenance = {
      channel,
      ...(pinSeq === undefined ? {} : { pinSeq }),
      source: fresh ? source : "ledger",
      ageMs: Math.max(0, Date.now() - head.readAt),
    };
    return toPrompt(held.definition, held.contentHash, provenance);
  }

  return {
    async get(id, request = {}) {
      const ref = parsePartialRef(id);
      const version = request.version ?? ref.version;
      if (version !== undefined) return getExact({ id: ref.id, version });
      return getServed(ref.id, request.channel ?? DEFAULT_CHANNEL, request.key);
    },
  };
}

let shared: PromptClient | undefined;

/**
 * The prompt that a channel serves, read through one client that this process shares. All that most programs need.
 * Errors are those of {@link PromptClient.get}, and `no-table-named` where `PROMPTOPS_TABLE` is not set.
 *
 * @example
 * const prompt = await loadPrompt("customer-support.intent-classifier");
 * const { text } = prompt.render();
 */
export async function loadPrompt(id: string, request?: PromptRequest): Promise<Prompt> {
  shared ??= createPromptClient();
  return shared.get(id, request);
}

function nothingServed(id: string, channel: string): UserError {
  return new UserError("no-evidence", `no version of ${id} has the evidence that ${channel} asks for`, {
    hint: `Evaluate one (promptops eval ${id} --append), or pin one: promptops pin ${id}#1 --force --reason …`,
    facts: { id, channel },
  });
}

function promptRetired(id: string): UserError {
  return new UserError("prompt-retired", `${id} is retired`, {
    hint: `Ask for an exact version, or bring it back: promptops restore ${id}`,
    facts: { id },
  });
}

function contentMismatch(ref: Ref): ServiceError {
  return new ServiceError("corrupt-content", `${formatRef(ref)} is not the content that its event names`, {
    hint: `Find what changed: promptops verify ${ref.id}`,
    facts: { ...ref },
  });
}
