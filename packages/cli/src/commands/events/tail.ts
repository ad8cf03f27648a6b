import { setTimeout } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { Row } from "@promptops/events/queries";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { csv } from "../../words/csv.ts";
import { dollars, duration } from "../../words/figures.ts";
import { style } from "../../words/style.ts";
import { type AskOptions, answer, noEvents, numberIn, type Source, textIn, withEvents } from "./ask.ts";

const NEWEST = 20;
/** The most events of one look while following. */
const MOST = 1_000;
/** How often is looked while following, and for how long an event may have been on its way: Firehose gathers events first. */
const LOOKS = {
  local: { everyMs: 500, lateMs: 60_000 },
  athena: { everyMs: 15_000, lateMs: 20 * 60_000 },
};

const COLUMNS = [
  "timestamp",
  "event",
  "event_id",
  "prompt_id",
  "prompt_version",
  "channel",
  "service",
  "source",
  "latency_ms",
  "cost_usd",
  "label",
  "error_kind",
  "error_message",
];

interface Options extends AskOptions {
  readonly follow?: boolean;
}

/** The newest events, oldest first, and those that come after while they are followed. */
export async function tail(context: Context, options: Options): Promise<Outcome> {
  return withEvents(context, async (source) => {
    const limit = options.follow ? MOST : NEWEST;
    const { rows } = await source.runner.ask("tail", { since: options.since }, { limit });
    if (options.follow) {
      await follow(context, source, rows.toReversed(), options);
      return { json: undefined, text: "" };
    }
    const newest = rows.toReversed();
    return answer(options, {
      json: newest,
      columns: COLUMNS,
      rows: newest,
      text: newest.length === 0 ? noEvents(options) : newest.map(line).join("\n"),
    });
  });
}

async function follow(
  context: Context,
  { runner, onAthena, refresh }: Source,
  known: readonly Row[],
  options: Options,
): Promise<void> {
  const { everyMs, lateMs } = onAthena ? LOOKS.athena : LOOKS.local;
  const stop = new AbortController();
  context.onSignal("SIGINT", () => stop.abort());
  context.onSignal("SIGTERM", () => stop.abort());
  // A reader that has seen enough.
  process.stdout.once("error", () => stop.abort());
  if (options.csv && !options.json) process.stdout.write(csv(COLUMNS, []));
  write(known.slice(-NEWEST), options);
  let shown = new Map(known.map((row) => [row.event_id, String(row.timestamp)]));
  for (;;) {
    await setTimeout(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    if (stop.signal.aborted) return;
    await refresh();
    const since = new Date(Math.max(options.since.getTime(), Date.now() - lateMs));
    const { rows } = await runner.ask("tail", { since }, { limit: MOST });
    const fresh = rows.filter((row) => !shown.has(row.event_id)).toReversed();
    write(fresh, options);
    // What is older is not looked at any more.
    const oldest = since.toISOString();
    shown = new Map([...shown].filter(([, at]) => at >= oldest));
    for (const row of fresh) shown.set(row.event_id, String(row.timestamp));
  }
}

/** Rows as they come: JSON is one object in a line. */
function write(rows: readonly Row[], options: Options): void {
  const text = options.json
    ? rows.map((row) => `${JSON.stringify(row)}\n`)
    : options.csv
      ? rows.map((row) => csv(COLUMNS, [row]).slice(csv(COLUMNS, []).length))
      : rows.map((row) => `${line(row)}\n`);
  process.stdout.write(text.join(""));
}

/** An event in a line. */
function line(row: Row): string {
  const what = String(row.event).replace("prompt_", "").replaceAll("_", " ");
  const failed = row.event === "prompt_failed" || row.event === "prompt_read_failed";
  const latency = numberIn(row.latency_ms);
  const cost = numberIn(row.cost_usd);
  return [
    style.dim(String(row.timestamp)),
    (failed ? style.bad : (text: string) => text)(what.padEnd(9)),
    `${row.prompt_id}#${row.prompt_version}`,
    said(row.service),
    row.source === "stale" || row.source === "snapshot" ? style.warn(String(row.source)) : "",
    latency === null ? "" : duration(latency),
    cost === null ? "" : dollars(cost),
    said(row.label),
    style.bad([row.error_kind, row.error_message].map(said).filter(Boolean).join(": ")),
  ]
    .filter((part) => part !== "")
    .join("  ");
}

/** What a program or a model said, without what a terminal would obey. */
function said(value: unknown): string {
  return stripVTControlCharacters(textIn(value) ?? "").replace(/\p{Cc}/gu, " ");
}
