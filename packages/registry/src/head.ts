import { type LedgerEvent, UserError } from "@promptops/core/domain";

/** @throws UserError `prompt-not-found` when the stream has no event. */
export function requireHead(id: string, head: LedgerEvent | undefined): LedgerEvent {
  if (head !== undefined) return head;
  throw new UserError("prompt-not-found", `there is no prompt ${id} in the ledger`, {
    hint: "See which there are: promptops list. Publish the prompt files: promptops sync.",
    facts: { id },
  });
}
