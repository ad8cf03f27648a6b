import { type LedgerEvent, promptNotFound, UserError } from "@promptops/core/domain";
import {
  type Ledger,
  readCommit,
  readEvent,
  readEvents,
  readMonth,
  readVersions,
} from "@promptops/core/ledger";
import type { Context } from "../context.ts";
import { completeRef } from "../ids.ts";
import type { Outcome } from "../outcome.ts";
import { commitOf, describeEvent, eventJson, shortHash } from "../words/events.ts";
import { style } from "../words/style.ts";
import { table } from "../words/table.ts";

interface LogOptions {
  readonly month?: string;
  readonly commit?: string;
}

export async function log(
  context: Context,
  typed: string | undefined,
  options: LogOptions,
): Promise<Outcome> {
  const events = typed === undefined ? await acrossPrompts(context, options) : await ofPrompt(context, typed);
  const across = typed === undefined;
  const rows = events.map((event) => [
    ...(across ? [event.id] : []),
    String(event.seq),
    event.at,
    describeEvent(event),
    event.actor,
    style.dim(shortHash(commitOf(event) ?? "")),
    event.reason ?? "",
  ]);
  const headings = [...(across ? ["ID"] : []), "SEQ", "AT", "WHAT", "WHO", "COMMIT", "WHY"];
  return {
    json: events.map(eventJson),
    text: rows.length === 0 ? "Nothing happened." : table(headings, rows),
  };
}

async function ofPrompt(context: Context, typed: string): Promise<readonly LedgerEvent[]> {
  const { id } = await completeRef(context, typed);
  const events = await Array.fromAsync(readEvents(await context.ledger(), id));
  if (events.length > 0) return events;
  throw promptNotFound(id);
}

async function acrossPrompts(
  context: Context,
  { month, commit }: LogOptions,
): Promise<readonly LedgerEvent[]> {
  const ledger = await context.ledger();
  if (commit !== undefined) return publishedBy(ledger, commit);
  const asked = month ?? new Date().toISOString().slice(0, 7);
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(asked)) {
    throw new UserError("malformed-month", `"${asked}" is not a month`, { hint: "Write --month 2026-05." });
  }
  return Array.fromAsync(readMonth(ledger, asked));
}

/** The events that published what a commit brought. */
async function publishedBy(ledger: Ledger, commit: string): Promise<readonly LedgerEvent[]> {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) {
    throw new UserError("malformed-commit", `"${commit}" is not a full commit hash`, {
      hint: `Write it whole: --commit $(git rev-parse ${commit})`,
    });
  }
  const records = await readVersions(ledger, await Array.fromAsync(readCommit(ledger, commit)));
  const events = await Promise.all(records.map(({ id, seq }) => readEvent(ledger, id, seq)));
  return events.filter((event) => event !== undefined).sort((a, b) => (a.at < b.at ? 1 : -1));
}
