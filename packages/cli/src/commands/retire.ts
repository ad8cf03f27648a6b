import { restore as restorePrompt, retire as retirePrompt } from "@promptops/registry";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { appendedOutcome } from "../words/events.ts";

export async function retire(
  context: Context,
  id: string,
  { reason, force = false }: { readonly reason: string; readonly force?: boolean },
): Promise<Outcome> {
  const event = await retirePrompt(await context.ledger(), id, await context.intent(reason), { force });
  return appendedOutcome(event, `${id} is retired already.`);
}

export async function restore(
  context: Context,
  id: string,
  { reason }: { readonly reason?: string },
): Promise<Outcome> {
  const event = await restorePrompt(await context.ledger(), id, await context.intent(reason));
  return appendedOutcome(event, `${id} is not retired.`);
}
