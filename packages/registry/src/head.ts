import { type LedgerEvent, promptNotFound } from "@promptops/core/domain";

/** @throws UserError `prompt-not-found` when the stream has no event. */
export function requireHead(id: string, head: LedgerEvent | undefined): LedgerEvent {
  if (head === undefined) throw promptNotFound(id);
  return head;
}
