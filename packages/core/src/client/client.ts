import type { Prompt } from "../domain/prompt.ts";
import { dynamoReader } from "../dynamo/dynamo-reader.ts";
import type { LedgerReader } from "../ledger/ledger.ts";
import { CachedClient } from "./cached-client.ts";
import { addressIn, snapshotIn, windowsIn } from "./environment.ts";
import type { PromptClient, PromptRequest } from "./prompt-client.ts";

export interface PromptClientOptions {
  /** Where prompts are read from; by default the table that `PROMPTOPS_TABLE` and the AWS settings name. */
  readonly ledger?: LedgerReader;
  /** For how long what a channel serves is given without asking the ledger, in milliseconds. Default: `PROMPTOPS_TTL_MS`, else 30,000. */
  readonly ttlMs?: number;
  /** For how much longer it may be given while the ledger takes its time, in milliseconds. Default: `PROMPTOPS_STALE_WHILE_REVALIDATE_MS`, else 60,000. */
  readonly staleWhileRevalidateMs?: number;
  /** Up to which age it may be given when the ledger cannot be read, in milliseconds. Default: `PROMPTOPS_STALE_IF_ERROR_MS`, else 24 hours. */
  readonly staleIfErrorMs?: number;
  /** How long a call waits for the ledger while it may give what is held, in milliseconds. Default 150. */
  readonly deadlineMs?: number;
  /** The most memory for prompts, in bytes. Default 64 MiB. Those that nobody asks for go first. */
  readonly maxBytes?: number;
  /** The file that `promptops snapshot` wrote, for when the ledger cannot be read and nothing is held. Default: `PROMPTOPS_SNAPSHOT`. */
  readonly snapshot?: string;
}

/**
 * A client with a cache of its own. Versions never change, so they are kept until memory is needed. What a channel
 * serves is asked again when it is older than `ttlMs`. No timer and no other work outlives a call, so it can be frozen
 * between calls for any time.
 *
 * @example
 * const prompts = createPromptClient({ ttlMs: 10_000 });
 * await prompts.prefetch(["customer-support.intent-classifier"]);
 * const prompt = await prompts.get("customer-support.intent-classifier", { key: "user-17" });
 */
export function createPromptClient(options: PromptClientOptions = {}): PromptClient {
  const windows = windowsIn(process.env);
  const snapshot = options.snapshot ?? snapshotIn(process.env);
  return new CachedClient({
    ledger: options.ledger ?? dynamoReader(addressIn(process.env)),
    windows: {
      ttlMs: options.ttlMs ?? windows.ttlMs,
      staleWhileRevalidateMs: options.staleWhileRevalidateMs ?? windows.staleWhileRevalidateMs,
      staleIfErrorMs: options.staleIfErrorMs ?? windows.staleIfErrorMs,
      deadlineMs: options.deadlineMs ?? windows.deadlineMs,
    },
    maxBytes: options.maxBytes ?? 64 * 1024 * 1024,
    ...(snapshot === undefined ? {} : { snapshot }),
  });
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
export function loadPrompt(id: string, request?: PromptRequest): Promise<Prompt> {
  try {
    shared ??= createPromptClient();
  } catch (error) {
    return Promise.reject(error);
  }
  return shared.get(id, request);
}
