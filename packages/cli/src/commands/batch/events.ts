import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type EventSink, sendEventsTo } from "@promptops/core";
import type { Context } from "../../context.ts";

/** Where the events of a run go, in place of stdout, which is the command's. */
export interface RunEvents extends AsyncDisposable {
  readonly write: EventSink;
  /** Lets go of what is held back: called before records count as done. */
  flush(): void;
}

/** Lines are put into the spool so many characters at once. */
const BUFFERED = 256 * 1024;

/**
 * Sends this process's events to the Firehose stream of `PROMPTOPS_EVENTS_STREAM`, else to the project's spool, from where `promptops events`
 * takes them.
 */
export async function openRunEvents(context: Context): Promise<RunEvents> {
  const events = process.env.PROMPTOPS_EVENTS_STREAM ? await firehose() : spool(await spoolOf(context));
  sendEventsTo(events.write);
  return events;
}

async function firehose(): Promise<RunEvents> {
  const { eventsSinkIn } = await import("@promptops/events");
  const sink = eventsSinkIn(process.env);
  if (sink === undefined) throw new Error("PROMPTOPS_EVENTS_STREAM is set");
  return {
    write: sink.write,
    flush() {},
    async [Symbol.asyncDispose]() {
      sendEventsTo();
      await sink.close();
    },
  };
}

async function spoolOf(context: Context): Promise<string> {
  const folder = process.env.PROMPTOPS_EVENTS_SPOOL || (await context.environment()).PROMPTOPS_EVENTS_SPOOL;
  if (folder === undefined) throw new Error("a project has a spool");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${process.pid}-${Date.now()}.jsonl`);
}

function spool(file: string): RunEvents {
  let lines = "";
  const flush = () => {
    if (lines !== "") appendFileSync(file, lines);
    lines = "";
  };
  return {
    write(line) {
      lines += line;
      if (lines.length >= BUFFERED) flush();
    },
    flush,
    async [Symbol.asyncDispose]() {
      sendEventsTo();
      flush();
    },
  };
}
