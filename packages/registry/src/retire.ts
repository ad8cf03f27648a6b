import { type LedgerEvent, UserError } from "@promptops/core/domain";
import type { Ledger } from "@promptops/core/ledger";
import { append, type Command, type Intent } from "./append.ts";
import { requireHead } from "./head.ts";

/**
 * Retires a prompt: it is no longer served, exact versions stay readable.
 *
 * @param options.force retire it although channels pin it.
 * @returns the event, or undefined when it is retired already.
 * @throws UserError `prompt-not-found`; `pinned` when a channel pins it and `force` is not given.
 */
export function retire(
  ledger: Ledger,
  id: string,
  intent: Intent,
  options: { readonly force?: boolean } = {},
): Promise<LedgerEvent | undefined> {
  return append(ledger, retirement(id, options.force ?? false), intent);
}

/** The command behind {@link retire}. */
export function retirement(id: string, force: boolean): Command {
  return {
    id,
    async decide(head) {
      const { state } = requireHead(id, head);
      if (state.retired) return undefined;
      const channels = Object.keys(state.pins).sort();
      if (channels.length > 0 && !force) throw pinned(id, channels);
      return { type: "PromptRetired", data: { forced: channels.length > 0 } };
    },
  };
}

/**
 * Brings a retired prompt back, with the pins it had.
 *
 * @returns the event, or undefined when it is not retired.
 * @throws UserError `prompt-not-found`.
 */
export function restore(ledger: Ledger, id: string, intent: Intent): Promise<LedgerEvent | undefined> {
  const command: Command = {
    id,
    async decide(head) {
      return requireHead(id, head).state.retired ? { type: "PromptRestored", data: {} } : undefined;
    },
  };
  return append(ledger, command, intent);
}

function pinned(id: string, channels: readonly string[]): UserError {
  const names = channels.join(", ");
  return new UserError(
    "pinned",
    `${id} is pinned by ${channels.length > 1 ? "channels" : "channel"} ${names}`,
    {
      hint: `Unpin it first (promptops unpin ${id} --channel ${channels[0]}), or insist: promptops retire ${id} --force`,
      facts: { id, channels },
    },
  );
}
