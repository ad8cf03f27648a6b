import type { Prompt } from "./prompt.ts";

/** What happened in a call of a prompt. */
export type PromptEventType = "prompt_invoked" | "prompt_completed" | "prompt_failed";

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
export function logPromptEvent(
  event: PromptEventType,
  prompt: Prompt,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  const envelope = {
    event,
    prompt_id: prompt.id,
    prompt_version: prompt.version,
    prompt_owner: prompt.owner,
    prompt_model: prompt.model,
    timestamp: new Date().toISOString(),
    content_hash: prompt.contentHash,
    channel: prompt.channel,
    pin_seq: prompt.pinSeq,
    source: prompt.source,
    age_ms: prompt.ageMs,
  };
  const own = JSON.stringify(envelope);
  let added = "";
  try {
    for (const [name, value] of Object.entries(extra))
      if (!Object.hasOwn(envelope, name)) added += member(name, value);
  } catch {
    added = "";
  }
  process.stdout.write(`${own.slice(0, -1)}${added}}\n`);
}

/** One more member of the line, or nothing where JSON leaves it out. Written by itself, so that it cannot come first. */
function member(name: string, value: unknown): string {
  const text = jsonOf(value);
  return text === undefined ? "" : `,${JSON.stringify(name)}:${text}`;
}

/** What JSON cannot hold (a cycle, a BigInt) becomes text that says so. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    return JSON.stringify(`[not JSON: ${error instanceof Error ? error.message : "unknown"}]`);
  }
}
