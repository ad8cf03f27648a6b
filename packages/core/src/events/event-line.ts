import type { Prompt } from "./prompt.ts";

/**
 * What happened in a call of a prompt. `prompt_read_failed`: the ledger could not be read, and what was held, or
 * shipped in a snapshot, was given all the same; the client says so by itself.
 */
export type PromptEventType = "prompt_invoked" | "prompt_completed" | "prompt_failed" | "prompt_read_failed";

/** What a caller adds to an event. */
export type EventFields = Readonly<Record<string, unknown>>;

/** The members that are the prompt's own: a caller cannot write them. */
const OWN = new Set([
  "event",
  "prompt_id",
  "prompt_version",
  "prompt_owner",
  "prompt_model",
  "timestamp",
  "content_hash",
  "channel",
  "pin_seq",
  "instead_of",
  "source",
  "age_ms",
]);

/**
 * Writes one line of JSON to stdout: what happened, to which version of which prompt, and what the caller adds.
 * `event`, `prompt_id`, `prompt_version`, `prompt_owner` and `prompt_model` come first and cannot be overwritten. It
 * never throws: a value of `extra` that JSON cannot hold is written as text, and where `extra` cannot even be read,
 * the line goes out without it.
 *
 * @example
 * const prompt = await loadPrompt("customer-support.intent-classifier");
 * logPromptEvent("prompt_completed", prompt, { latency_ms: 412, label: "billing" });
 */
export function logPromptEvent(event: PromptEventType, prompt: Prompt, extra: EventFields = {}): void {
  try {
    process.stdout.write(`${envelope(event, prompt)}${members(extra)}}\n`);
  } catch {
    // A prompt call does not fail because nobody could be told of it.
  }
}

/** Written by hand, member by member: building an object for `JSON.stringify` takes twice as long. */
function envelope(event: PromptEventType, prompt: Prompt): string {
  const { channel, pinSeq, insteadOf } = prompt;
  let text = `{"event":"${event}","prompt_id":${JSON.stringify(prompt.id)},"prompt_version":${prompt.version}`;
  text += `,"prompt_owner":${JSON.stringify(prompt.owner)},"prompt_model":${JSON.stringify(prompt.model)}`;
  text += `,"timestamp":"${new Date().toISOString()}","content_hash":"${prompt.contentHash}"`;
  if (channel !== undefined) text += `,"channel":${JSON.stringify(channel)}`;
  if (pinSeq !== undefined) text += `,"pin_seq":${pinSeq}`;
  if (insteadOf !== undefined) text += `,"instead_of":${insteadOf}`;
  return `${text},"source":"${prompt.source}","age_ms":${prompt.ageMs}`;
}

/** The caller's members, each written by itself, so that none can come first or spoil another. */
function members(extra: EventFields): string {
  let text = "";
  try {
    for (const name of Object.keys(extra)) {
      const value = OWN.has(name) ? undefined : jsonOf(extra[name]);
      if (value !== undefined) text += `,${JSON.stringify(name)}:${value}`;
    }
  } catch {
    return "";
  }
  return text;
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
