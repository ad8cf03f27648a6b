import type { Prompt } from "../domain/prompt.ts";
import { type EventFields, eventLine, type PromptEventType } from "./event-line.ts";
import { thisMoment } from "./runtime.ts";
import { spoolIn } from "./spool.ts";

/** Takes event lines, each with its end of line, at once and without failing. */
export type EventSink = (line: string) => void;

const toStdout: EventSink = (line) => {
  process.stdout.write(line);
};

const spool = spoolIn(process.env);

const usual: EventSink =
  spool === undefined
    ? toStdout
    : (line) => {
        toStdout(line);
        spool(line);
      };

let sink = usual;

/**
 * Sends the events of this process somewhere else than to stdout, or back there when nothing is given. Where
 * `PROMPTOPS_EVENTS_SPOOL` names a folder, what goes to stdout is kept there too.
 *
 * @example
 * const lines: string[] = [];
 * sendEventsTo((line) => lines.push(line));
 */
export function sendEventsTo(other: EventSink = usual): void {
  sink = other;
}

/**
 * Writes one line of JSON to stdout: what happened, to which version of which prompt, and what the caller adds.
 * `event`, `prompt_id`, `prompt_version`, `prompt_owner` and `prompt_model` come first and cannot be overwritten. In
 * Lambda the line also is what CloudWatch makes metrics from. It never throws: a value of `extra` that JSON cannot hold
 * is written as text, and what cannot even be read is left out.
 *
 * @returns the event's id, for `parent_event_id` of events that follow from it. An event that is not sampled has one too.
 *
 * @example
 * const prompt = await loadPrompt("customer-support.intent-classifier");
 * logPromptEvent("prompt_completed", prompt, { latency_ms: 412, label: "billing" });
 */
export function logPromptEvent(event: PromptEventType, prompt: Prompt, extra: EventFields = {}): string {
  const moment = thisMoment();
  try {
    const line = eventLine(event, prompt, extra, moment);
    if (line !== undefined) sink(line);
  } catch {
    // A prompt call does not fail because nobody could be told of it.
  }
  return moment.eventId;
}
