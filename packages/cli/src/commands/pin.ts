import { formatRef, parseRef } from "@promptops/core/domain";
import {
  type PinOptions,
  pin as pinChannel,
  rollback as rollBack,
  unpin as unpinChannel,
} from "@promptops/registry";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { appendedOutcome } from "../words/events.ts";

interface Options {
  readonly reason?: string;
  readonly channel: string;
  readonly expectSeq?: number;
}

export async function pin(
  context: Context,
  typed: string,
  options: Options & { readonly force?: boolean },
): Promise<Outcome> {
  const ref = parseRef(typed);
  const intent = await context.intent(options.reason);
  const { force = false } = options;
  const event = await pinChannel(await context.ledger(), ref, intent, { ...pinOptions(options), force });
  return appendedOutcome(event, `${options.channel} is pinned to ${formatRef(ref)} already.`);
}

export async function unpin(context: Context, id: string, options: Options): Promise<Outcome> {
  const intent = await context.intent(options.reason);
  const event = await unpinChannel(await context.ledger(), id, intent, pinOptions(options));
  return appendedOutcome(event, `${options.channel} of ${id} is not pinned.`);
}

export async function rollback(context: Context, id: string, options: Options): Promise<Outcome> {
  const intent = await context.intent(options.reason);
  const event = await rollBack(await context.ledger(), id, intent, pinOptions(options));
  return appendedOutcome(event, "");
}

function pinOptions({ channel, expectSeq }: Options): PinOptions {
  return { channel, ...(expectSeq === undefined ? {} : { expectSeq }) };
}
