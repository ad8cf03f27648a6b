import type { Prompt } from "../domain/prompt.ts";
import { CONTENT_FIELDS, mayLog, redact } from "./content.ts";
import { EVENT_FIELDS, type FieldType, SCHEMA_VERSION } from "./fields.ts";
import { metricMembers } from "./metrics.ts";
import type { Moment } from "./runtime.ts";
import { isSampled } from "./sampling.ts";

/**
 * What happened in a call of a prompt. `prompt_read_failed`: the ledger could not be read, and what was held, or
 * shipped in a snapshot, was given all the same; the client says so by itself. `batch_completed`: a run of a batch job
 * ended, which is no call; it is told of with the job's first prompt.
 */
export type PromptEventType =
  | "prompt_invoked"
  | "prompt_completed"
  | "prompt_failed"
  | "prompt_read_failed"
  | "batch_completed";

/** What a caller adds to an event. */
export type EventFields = Readonly<Record<string, unknown>>;

/** CloudWatch's limit for an event that becomes metrics, in bytes. */
const MAX_LINE_BYTES = 256 * 1024;
/** The largest value of a column of 32 bits. */
const MAX_INT = 2 ** 31 - 1;
/** What is left of a text in a line that is too long, in characters. */
const CUT_LENGTH = 1_000;

type ContentField = keyof typeof CONTENT_FIELDS;

/** Fields that the program knows, and that a caller may set all the same. */
const PROGRAM = ["runtime", "service", "request_id"];
/** Fields that only the writer of lines knows. */
const WRITERS = ["channel", "pin_seq", "instead_of", "sample_rate", "truncated", "extra"];

/** What becomes of a caller's field of this name; names that are not here go to `extra`. */
const FIELDS: ReadonlyMap<string, FieldType | "program" | "content"> = new Map(
  Object.entries(EVENT_FIELDS)
    .filter(([name, field]) => !("always" in field) && !WRITERS.includes(name))
    .map(([name, { type }]) => {
      if (PROGRAM.includes(name)) return [name, "program"];
      return [name, Object.hasOwn(CONTENT_FIELDS, name) ? "content" : type];
    }),
);

/**
 * One event as a line of JSON with its end of line: what identifies the prompt first, in the order of `EVENT_FIELDS`,
 * then what the caller adds; undefined when its session is not sampled. A field of the table that the caller gives is
 * written where it is of that field's type, all else goes into `extra`, so that nothing is lost on the way to a table
 * with fixed columns.
 */
export function eventLine(
  event: PromptEventType,
  prompt: Prompt,
  given: EventFields,
  moment: Moment,
): string | undefined {
  try {
    return write(event, prompt, given, moment);
  } catch {
    // A getter or a proxy of the caller's: the event goes out with what can be read.
    return write(event, prompt, readable(given), moment);
  }
}

function write(event: PromptEventType, prompt: Prompt, own: EventFields, moment: Moment): string | undefined {
  const calls = event === "prompt_invoked" || event === "prompt_completed";
  const rate = calls ? moment.sampleRate : 1;
  if (rate < 1 && !isSampled(sessionOf(own, moment), rate)) return undefined;
  const start = envelope(event, prompt, own, moment);
  const sampled = rate < 1 ? `,"sample_rate":${rate}` : "";
  const metrics = moment.metrics ? metricsOf(event, prompt, own, moment.now, rate) : "";
  const line = `${start}${sampled}${members(own, prompt)}${metrics}}\n`;
  if (line.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(line) <= MAX_LINE_BYTES) return line;
  return `${start}${sampled}${cut(members(own, prompt))}${metrics}}\n`;
}

/** The fields that come before the first that throws. */
function readable(given: EventFields): EventFields {
  const own: Record<string, unknown> = {};
  try {
    for (const name of Object.keys(given)) own[name] = given[name];
  } catch {
    // What follows is lost.
  }
  return own;
}

function sessionOf({ session_id: session, request_id: request }: EventFields, moment: Moment): string {
  if (typeof session === "string") return session;
  return typeof request === "string" ? request : (moment.requestId ?? moment.eventId);
}

/** By hand: building an object for `JSON.stringify` takes twice as long. */
function envelope(event: PromptEventType, prompt: Prompt, own: EventFields, moment: Moment): string {
  const { channel, pinSeq, insteadOf } = prompt;
  let text = `{"event":"${event}","prompt_id":${quoted(prompt.id)},"prompt_version":${prompt.version}`;
  text += `,"prompt_owner":${quoted(prompt.owner)},"prompt_model":${quoted(prompt.model)}`;
  text += `,"event_id":"${moment.eventId}","timestamp":"${isoTime(moment.now)}"`;
  text += `,"schema_version":${SCHEMA_VERSION},"content_hash":"${prompt.contentHash}"`;
  if (channel !== undefined) text += `,"channel":${quoted(channel)}`;
  if (pinSeq !== undefined) text += `,"pin_seq":${pinSeq}`;
  if (insteadOf !== undefined) text += `,"instead_of":${insteadOf}`;
  text += `,"source":"${prompt.source}","age_ms":${prompt.ageMs}`;
  const { runtime, service, request_id: request } = own;
  text += `,"runtime":${quoted(typeof runtime === "string" ? runtime : moment.runtime)}`;
  const program = typeof service === "string" ? service : moment.service;
  if (program !== undefined) text += `,"service":${quoted(program)}`;
  const served = typeof request === "string" ? request : moment.requestId;
  return served === undefined ? text : `${text},"request_id":${quoted(served)}`;
}

let second = 0;
let secondInWords = "";

/** As `Date.toISOString`, which takes a fifth of the time that a whole line takes; the same second is written once. */
function isoTime(now: number): string {
  const whole = Math.floor(now / 1000);
  if (whole !== second || secondInWords === "") {
    second = whole;
    secondInWords = new Date(whole * 1000).toISOString().slice(0, -4);
  }
  return `${secondInWords}${String(now - whole * 1000).padStart(3, "0")}Z`;
}

/** What the caller adds: fields of the table by name, all else as members of `extra`, which is JSON in a text. */
function members(own: EventFields, prompt: Prompt): string {
  let fields = "";
  let extra = "";
  for (const name of Object.keys(own)) {
    const value = own[name];
    const kind = FIELDS.get(name);
    const text = kind === "content" ? contentOf(name as ContentField, value, prompt) : typed(kind, value);
    if (text === undefined) extra += member(name, value);
    else if (text !== "") fields += `,"${name}":${text}`;
  }
  return extra === "" ? fields : `${fields},"extra":${quoted(`{${extra.slice(1)}}`)}`;
}

/** A value as a field of this kind has it: nothing where it is written elsewhere, undefined where it does not fit. */
function typed(kind: FieldType | "program" | undefined, value: unknown): string | undefined {
  if (typeof value === "string")
    return kind === "string" ? quoted(value) : kind === "program" ? "" : undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  if (kind === "double") return String(value);
  if (kind === "int")
    return Math.trunc(value) === value && Math.abs(value) <= MAX_INT ? String(value) : undefined;
  return kind === "bigint" && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** What users and models wrote, as far as the prompt lets it be logged, else nothing. */
function contentOf(name: ContentField, value: unknown, { events }: Prompt): string {
  if (events === undefined || value == null || !mayLog(name, events)) return "";
  return quoted(redact(typeof value === "string" ? value : (jsonOf(value) ?? ""), events));
}

/** Long texts lose their ends. `extra`, which would be no JSON any more, goes whole; `truncated` names both. */
function cut(written: string): string {
  const fields = JSON.parse(`{${written.slice(1)}}`) as Record<string, unknown>;
  const long = Object.keys(fields).filter((name) => String(fields[name]).length > CUT_LENGTH);
  const kept = Object.entries(fields)
    .filter(([name]) => name !== "extra" || !long.includes(name))
    .map(([name, value]) => {
      const text = typeof value === "string" ? quoted(value.slice(0, CUT_LENGTH)) : JSON.stringify(value);
      return `,"${name}":${text}`;
    });
  return `${kept.join("")},"truncated":${quoted(long.join(","))}`;
}

function metricsOf(
  event: PromptEventType,
  prompt: Prompt,
  own: EventFields,
  now: number,
  rate: number,
): string {
  // Sums are those of all calls, whatever share of them is logged.
  const sum = (value: unknown) => (typeof value === "number" ? value / rate : undefined);
  const latency = typeof own.latency_ms === "number" ? own.latency_ms : undefined;
  switch (event) {
    case "prompt_invoked":
      return metricMembers(prompt, now, { Invocations: sum(1) });
    case "prompt_completed":
      return metricMembers(prompt, now, {
        Failures: 0,
        Latency: latency,
        InputTokens: sum(own.input_tokens),
        OutputTokens: sum(own.output_tokens),
        CostUsd: sum(own.cost_usd),
      });
    case "prompt_failed":
      return metricMembers(prompt, now, { Failures: 1, Latency: latency });
    case "prompt_read_failed":
      return metricMembers(prompt, now, { ReadFailures: 1 });
    case "batch_completed":
      return "";
  }
}

/** One more member, or nothing where JSON leaves it out. Written by itself, so that it cannot spoil another. */
function member(name: string, value: unknown): string {
  const text = jsonOf(value);
  return text === undefined ? "" : `,${JSON.stringify(name)}:${text}`;
}

/** A value as JSON; undefined for what JSON leaves out. What it cannot hold (a cycle, a BigInt) becomes text that says so. */
function jsonOf(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  try {
    return JSON.stringify(value);
  } catch (error) {
    return JSON.stringify(`[not JSON: ${error instanceof Error ? error.message : "unknown"}]`);
  }
}

/** Printable ASCII that JSON holds as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** What readers of lines may take for the end of one, and JSON leaves as it is: next line, line and paragraph separator. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** A text as JSON that cannot break a line. */
function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    LINE_ENDS,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
