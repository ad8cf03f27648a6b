import type { Row } from "@promptops/events/queries";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { describeEvent } from "../../words/events.ts";
import { duration } from "../../words/figures.ts";
import { style } from "../../words/style.ts";
import { table } from "../../words/table.ts";
import { type AskOptions, answer, noEvents, numberIn, textIn, withEvents } from "./ask.ts";
import { type Replacement, replacements, type Served, type Sighting, servedNow } from "./census.ts";
import { type ServingChange, servingChange } from "./serving-changes.ts";

/** How many prompts are looked up in the ledger at once. */
const READS_IN_FLIGHT = 16;

/** What services are given right now, against what the ledger says that they should be. */
export async function versions(context: Context, options: AskOptions): Promise<Outcome> {
  const { since } = options;
  const { rows } = await withEvents(context, ({ runner }) => runner.ask("census", { since }));
  const sightings = rows.map(sightingOf);
  const changes = await changesOf(context, sightings);
  const services = servedNow(sightings, (id, channel) => changes.get(keyOf(id, channel)));
  const replaced = replacements(sightings, [...changes.values()]);
  return answer(options, {
    json: {
      since,
      services: services.map((served) => ({
        ...served,
        served:
          served.channel === null ? null : (changes.get(keyOf(served.id, served.channel))?.versions ?? null),
      })),
      changes: replaced.map(({ change, lastGivenAt, lagMs }) => ({
        id: change.id,
        channel: change.channel,
        at: change.since.at,
        seq: change.since.seq,
        type: change.since.type,
        reason: change.since.reason,
        versions: change.versions,
        replaced: change.replaced,
        lastGivenAt,
        lagMs,
      })),
    },
    columns: [
      "id",
      "channel",
      "service",
      "version",
      "standing",
      "behindMs",
      "lastGivenAt",
      "ageMs",
      "source",
      "events",
    ],
    rows: services,
    text:
      services.length === 0
        ? noEvents(options)
        : [serviceTable(services), ...changeLines(replaced)].join("\n"),
  });
}

const keyOf = (id: string, channel: string) => `${id}@${channel}`;

function sightingOf(row: Row): Sighting {
  return {
    id: String(row.prompt_id),
    channel: textIn(row.channel),
    service: textIn(row.service),
    version: Number(row.prompt_version),
    events: numberIn(row.events) ?? 0,
    lastGivenAt: String(row.last_given_at),
    ageMs: numberIn(row.last_age_ms),
    source: textIn(row.last_source),
  };
}

async function changesOf(
  context: Context,
  sightings: readonly Sighting[],
): Promise<ReadonlyMap<string, ServingChange>> {
  const asked = new Map(
    sightings.flatMap(({ id, channel }) => (channel === null ? [] : [[keyOf(id, channel), { id, channel }]])),
  );
  const left = [...asked.values()];
  const changes = new Map<string, ServingChange>();
  if (left.length === 0) return changes;
  const ledger = await context.ledger();
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const change = await servingChange(ledger, next.id, next.channel);
      if (change !== undefined) changes.set(keyOf(next.id, next.channel), change);
    }
  };
  await Promise.all(Array.from({ length: READS_IN_FLIGHT }, worker));
  return changes;
}

function serviceTable(services: readonly Served[]): string {
  return table(
    ["PROMPT", "CHANNEL", "SERVICE", "SERVED", "LAST", "SOURCE", "AGE", "STANDS"],
    services.map((served) => [
      served.id,
      served.channel ?? "-",
      served.service ?? "-",
      `#${served.version}`,
      `${duration(Date.now() - Date.parse(served.lastGivenAt))} ago`,
      served.source === "stale" || served.source === "snapshot"
        ? style.warn(served.source)
        : (served.source ?? "-"),
      duration(served.ageMs),
      standing(served),
    ]),
  );
}

function standing({ standing: stands, behindMs }: Served): string {
  switch (stands) {
    case "current":
      return style.good("current");
    case "behind":
      return style.bad(`behind: still given ${duration(behindMs)} after the change`);
    case "not-seen":
      return style.warn("not seen since the change");
    case "exact":
      return "asks for this version";
    case "unknown":
      return style.dim("not in this ledger");
  }
}

function changeLines(all: readonly Replacement[]): readonly string[] {
  if (all.length === 0) return [];
  const lines = all.map(({ change, lastGivenAt, lagMs }) => {
    const old = change.replaced.map((version) => `#${version}`).join(", ");
    const head = `${change.id}: ${describeEvent(change.since)} at ${change.since.at}`;
    if (lastGivenAt === null) return `${head}; ${old} was never given`;
    if (lagMs === 0) return `${head}; ${old} was not given after that`;
    return `${head}; ${old} was last given ${style.strong(`${duration(lagMs)} after that`)}`;
  });
  return ["", ...lines];
}
