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
  try {
    const fields = { ...envelope, ...extra, ...envelope };
    process.stdout.write(`${JSON.stringify(Object.fromEntries(Object.entries(fields).map(writable)))}\n`);
  } catch {
    process.stdout.write(`${JSON.stringify(envelope)}\n`);
  }
}

/** A field whose value JSON cannot hold (a cycle, a BigInt) becomes text that says so. */
function writable([name, value]: [string, unknown]): [string, unknown] {
  try {
    JSON.stringify(value);
    return [name, value];
  } catch (error) {
    return [name, `[not JSON: ${error instanceof Error ? error.message : "unknown"}]`];
  }
}
