import {
  openRecord,
  type PromptDefinition,
  UserError,
  type VersionRecord,
  versionNotFound,
} from "@promptops/core/domain";
import { readVersion } from "@promptops/core/ledger";
import { resolve } from "@promptops/registry";
import type { Context } from "./context.ts";
import { completeRef } from "./ids.ts";

/** A published version that was asked for. */
export interface Found {
  readonly record: VersionRecord;
  readonly definition: PromptDefinition;
}

/**
 * The version that was typed, or the one that the channel serves when only an id was.
 *
 * @throws UserError `prompt-not-found`, `version-not-found`, `prompt-retired`.
 */
export async function findPrompt(context: Context, typed: string, channel: string): Promise<Found> {
  const ref = await completeRef(context, typed);
  const { id, version = await servedVersion(context, ref.id, channel) } = ref;
  const record = await readVersion(await context.ledger(), { id, version });
  if (record === undefined) throw versionNotFound({ id, version });
  return { record, definition: openRecord(record) };
}

async function servedVersion(context: Context, id: string, channel: string): Promise<number> {
  const { versions } = await resolve(await context.ledger(), id, { channel });
  const [first] = versions;
  if (first !== undefined) return first.version;
  throw new UserError("prompt-retired", `${id} is retired and serves nothing`, {
    hint: `Name an exact version (${id}#1), or bring it back: promptops restore ${id}`,
    facts: { id },
  });
}
