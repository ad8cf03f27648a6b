import { type History, history } from "@promptops/authoring";
import { formatRef } from "@promptops/core/domain";
import { type BackfillResult, backfill as backfillLedger } from "@promptops/registry";
import { readPlanOptions } from "../candidates.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { appendedLine, eventJson, shortHash } from "../words/events.ts";
import { style } from "../words/style.ts";

export async function backfill(context: Context): Promise<Outcome> {
  const root = context.root();
  const found = await history(root);
  const { gates = [] } = await readPlanOptions(root);
  const ledger = await context.ledger();
  const result = await backfillLedger(ledger, found.versions, await context.intent("backfill"), {
    gates,
    onAppended: (_, { done, of }) => context.progress.update(`${done} of ${of} versions`),
  });
  return {
    json: {
      events: result.events.map(eventJson),
      unchanged: result.unchanged,
      refused: result.refused.map(({ ref, error: { code, message, hint } }) => ({
        ref,
        code,
        message,
        hint,
      })),
      rewritten: found.rewritten,
      skipped: found.skipped,
      shallow: found.shallow,
    },
    text: describe(found, result),
    exitCode: result.refused.length > 0 ? 1 : 0,
  };
}

function describe(
  { rewritten, skipped, shallow }: History,
  { events, unchanged, refused }: BackfillResult,
): string {
  const note = style.warn("note:");
  const sum =
    events.length === 0
      ? `Nothing to do: ${unchanged.length} versions in history, ${unchanged.length} in the ledger.`
      : `${events.length} appended, ${unchanged.length} were there already.`;
  return [
    ...events.map(appendedLine),
    ...refused.flatMap(({ ref, error }) => [
      `${style.bad("!")} ${ref}  ${error.message}`,
      `    ${error.hint ?? ""}`,
    ]),
    ...rewritten.map(
      ({ id, version, kept, dropped }) =>
        `${note} ${formatRef({ id, version })} had ${dropped.length + 1} contents; the one of ${shortHash(kept.commit)} counts`,
    ),
    ...skipped.map(
      ({ commit, file, diagnostics }) =>
        `${note} ${file} of ${shortHash(commit)} is no valid prompt: ${diagnostics[0]?.problem ?? "unknown"}`,
    ),
    ...(shallow
      ? [`${note} this clone is shallow; older versions may be missing: git fetch --unshallow`]
      : []),
    refused.length > 0 ? `${refused.length} refused. ${sum}` : sum,
  ].join("\n");
}
