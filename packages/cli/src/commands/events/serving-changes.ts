import { isPromptOpsError, type LedgerEvent, targets } from "@promptops/core/domain";
import { type Ledger, readEvent } from "@promptops/core/ledger";
import { resolve } from "@promptops/registry";

/** What a channel serves, and what it served until then. */
export interface ServingChange {
  readonly id: string;
  readonly channel: string;
  readonly versions: readonly number[];
  /** Those that were served before and are not any more. */
  readonly replaced: readonly number[];
  readonly retired: boolean;
  readonly since: LedgerEvent;
}

/** The newest change of what a channel serves; undefined where the ledger does not have the prompt. */
export async function servingChange(
  ledger: Ledger,
  id: string,
  channel: string,
): Promise<ServingChange | undefined> {
  try {
    const { versions: now, since, retired } = await resolve(ledger, id, { channel });
    if (since === undefined) return undefined;
    const before = since.seq > 1 ? await readEvent(ledger, id, since.seq - 1) : undefined;
    const served = before === undefined || before.state.retired ? [] : targets(before.state, channel);
    const versions = now.map(({ version }) => version);
    const replaced = served.map(({ version }) => version).filter((version) => !versions.includes(version));
    return { id, channel, versions, replaced, retired, since };
  } catch (error) {
    if (isPromptOpsError(error) && error.code === "prompt-not-found") return undefined;
    throw error;
  }
}
