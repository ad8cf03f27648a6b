import { resolve as resolveChannel, type Serving } from "@promptops/registry";
import type { Context } from "../context.ts";
import { completeRef } from "../ids.ts";
import type { Outcome } from "../outcome.ts";
import { commitOf, describeEvent, eventJson, shortHash } from "../words/events.ts";

export async function resolve(
  context: Context,
  typed: string,
  { channel, at }: { readonly channel: string; readonly at?: Date },
): Promise<Outcome> {
  const { id } = await completeRef(context, typed);
  const serving = await resolveChannel(await context.ledger(), id, {
    channel,
    ...(at === undefined ? {} : { at }),
  });
  const { versions, retired, pinned, since } = serving;
  return {
    json: {
      id,
      channel,
      at: at ?? null,
      versions,
      retired,
      pinned,
      since: since === undefined ? null : eventJson(since),
    },
    text: describe(serving, at),
  };
}

function describe({ id, channel, versions, retired, since }: Serving, at: Date | undefined): string {
  const when = at === undefined ? "now" : `at ${at.toISOString()}`;
  if (since === undefined) return `${id} did not exist ${when}.`;
  const what = versions.map(({ version, weight }) =>
    versions.length > 1 ? `#${version} (weight ${weight})` : `#${version}`,
  );
  const head = retired ? `${id} is retired ${when}` : `${channel} of ${id} serves ${what.join(", ")} ${when}`;
  const commit = commitOf(since);
  const lines = [
    `  since ${since.at}: ${describeEvent(since)} by ${since.actor} (sequence ${since.seq})`,
    ...(since.reason === null ? [] : [`  why: ${since.reason}`]),
    ...(commit === undefined ? [] : [`  commit: ${shortHash(commit)}`]),
  ];
  return [head, ...lines].join("\n");
}
