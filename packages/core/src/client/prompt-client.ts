import type { Prompt } from "../domain/prompt.ts";
import type { Contract } from "./contract.ts";

export interface PromptRequest {
  /** This version exactly, whatever is pinned, retired prompts included. */
  readonly version?: number;
  /** The channel to follow. Default `live`. */
  readonly channel?: string;
  /** Who asks (a user, a session), so that one caller always gets the same version of a weighted pin. Without it each call draws anew. */
  readonly key?: string;
  /** What the code renders with: a version that does not fit it is refused, and the newest one before it that does stands in. */
  readonly expects?: Contract;
}

export interface PromptClient {
  /**
   * The prompt that a channel serves, or one exact version of it, its content checked against its hash. How fresh that
   * is, and what happens when the ledger cannot be read, is in the options of `createPromptClient`.
   *
   * @param id a prompt's id; `id#version` stands for `{ version }`.
   * @throws UserError `prompt-not-found`, `version-not-found`, `prompt-retired`, `no-evidence`, `contract-mismatch`
   *   or `malformed-ref`.
   * @throws ServiceError when there is nothing to give and the ledger cannot be read: `unreachable`, `throttled`,
   *   `access-denied`, `no-table`, `ledger-failed`; `corrupt-content` or `corrupt-item` when what is stored is not what
   *   was published; `corrupt-snapshot` or `no-snapshot` when the snapshot cannot help either.
   */
  get(id: string, request?: PromptRequest): Promise<Prompt>;

  /**
   * What {@link get} would give without asking the ledger, at once; undefined where it would have to ask. For code that
   * cannot wait, and for loops that would rather not.
   *
   * @example
   * const prompt = prompts.peek("customer-support.intent-classifier#2") ?? (await prompts.get("customer-support.intent-classifier#2"));
   */
  peek(id: string, request?: PromptRequest): Prompt | undefined;

  /**
   * Reads prompts before they are needed, many at once.
   *
   * @param ids as {@link get} takes them.
   * @throws the error of {@link get} when one cannot be had; ServiceError or UserError `not-prefetched`, which names
   *   them, when several cannot. The others are there all the same.
   */
  prefetch(ids: readonly string[]): Promise<void>;
}
