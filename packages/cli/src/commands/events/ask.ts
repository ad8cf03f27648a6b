import { join } from "node:path";
import { type EventsRunner, openRunner } from "@promptops/events/queries";
import { FileLock } from "@promptops/local";
import { wholeStage } from "@promptops/stage";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { lakeFolder, spoolFolder } from "../../state-folder.ts";
import { csv } from "../../words/csv.ts";

/** What all questions take. */
export interface AskOptions {
  readonly since: Date;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** Where events are looked for. */
export interface Source {
  readonly runner: EventsRunner;
  /** Whether each question costs money. */
  readonly onAthena: boolean;
  /** Takes in what programs have logged since. */
  refresh(): Promise<void>;
}

/**
 * Does some work with the events of a stage, where `--stage` or `PROMPTOPS_ATHENA_DATABASE` names it, else with those of this
 * project, up to the newest line that a program of it has logged.
 */
export async function withEvents<T>(context: Context, work: (source: Source) => Promise<T>): Promise<T> {
  const stage = await context.stage();
  if (stage !== undefined) wholeStage(stage);
  const {
    PROMPTOPS_ATHENA_DATABASE: database,
    PROMPTOPS_ATHENA_TABLE: table,
    PROMPTOPS_ATHENA_WORKGROUP: workgroup,
  } = process.env;
  if (database) {
    await using runner = await openRunner({
      database,
      ...(table ? { table } : {}),
      ...(workgroup ? { workgroup } : {}),
    });
    return await work({ runner, onAthena: true, refresh: async () => {} });
  }
  const root = context.root();
  const refresh = () => takeIn(root);
  await refresh();
  await using runner = await openRunner({ lake: lakeFolder(root) });
  return await work({ runner, onAthena: false, refresh });
}

/** One command at a time takes lines in. */
async function takeIn(root: string): Promise<void> {
  const { ingestSpool } = await import("@promptops/events/lake");
  const lake = lakeFolder(root);
  const lock = new FileLock(join(lake, "ingest.lock"));
  try {
    await lock.wait("exclusive");
    const { failed } = await ingestSpool(lake, process.env.PROMPTOPS_EVENTS_SPOOL || spoolFolder(root));
    if (failed > 0) {
      process.stderr.write(`${failed} lines are no events; they are in ${join(lake, "errors")}\n`);
    }
  } finally {
    lock.close();
  }
}

interface Answer {
  readonly json: unknown;
  readonly columns: readonly string[];
  readonly rows: readonly object[];
  readonly text: string;
}

/** An answer as it was asked for: JSON, CSV, or words. */
export function answer({ csv: asCsv = false }: AskOptions, { json, columns, rows, text }: Answer): Outcome {
  return { json, text: asCsv ? csv(columns, rows as Readonly<Record<string, unknown>>[]) : text };
}

/** What to say where there are no events. */
export function noEvents({ since }: AskOptions, what = ""): string {
  return [
    `There are no events${what} since ${since.toISOString()}.`,
    "Programs that log to this project's lake are started by: promptops exec -- <program>",
  ].join("\n");
}

/** The cells of a row with this type of value; null for any other. */
export const numberIn = (value: unknown) => (typeof value === "number" ? value : null);
export const textIn = (value: unknown) => (typeof value === "string" ? value : null);
