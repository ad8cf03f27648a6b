import type { Prompt } from "@promptops/core";
import { definition } from "@promptops/testing";
import { vi } from "vitest";

/** What a line is about. */
export const PROMPT: Prompt = {
  ...definition(),
  contentHash: "c".repeat(64),
  source: "memory",
  ageMs: 0,
  render: () => ({ text: "" }),
};

/** A line of each kind of event as a function writes it in Lambda, and of each source that is counted. */
export async function eventLines() {
  vi.resetModules();
  vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "classifier");
  try {
    const { logPromptEvent, observe, sendEventsTo } = await import("@promptops/core");
    const lines: string[] = [];
    sendEventsTo((line) => void lines.push(line));
    await observe(PROMPT, { session_id: "s-17" }, (told) => {
      Object.assign(told, { input_tokens: 200, output_tokens: 4, cost_usd: 2.5e-7, label: "billing" });
    });
    await observe(PROMPT, {}, () => Promise.reject(new Error("no answer"))).catch(() => undefined);
    logPromptEvent("prompt_read_failed", PROMPT, { error_message: "no answer within 300 ms" });
    logPromptEvent("batch_completed", PROMPT, { job_name: "classify", run_id: "1", records_processed: 10 });
    logPromptEvent("prompt_invoked", { ...PROMPT, source: "stale" });
    logPromptEvent("prompt_invoked", { ...PROMPT, source: "snapshot" });
    const [invoked, completed, , failed, readFailed, batch, stale, snapshot] = lines;
    return {
      prompt_invoked: invoked ?? "",
      prompt_completed: completed ?? "",
      prompt_failed: failed ?? "",
      prompt_read_failed: readFailed ?? "",
      batch_completed: batch ?? "",
      stale: stale ?? "",
      snapshot: snapshot ?? "",
    };
  } finally {
    vi.unstubAllEnvs();
    vi.resetModules();
  }
}

/**
 * What else is in a function's log, which has JSON as its format.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export const OTHER_LINES: readonly string[] = [
  '{"time":"2026-11-23T10:00:00.000Z","type":"platform.initStart","record":{"initializationType":"on-demand","phase":"init","functionName":"classifier"}}',
  '{"time":"2026-11-23T10:00:00.100Z","type":"platform.start","record":{"requestId":"79b4f56e","version":"$LATEST"}}',
  '{"time":"2026-11-23T10:00:00.500Z","type":"platform.report","record":{"requestId":"79b4f56e","metrics":{"durationMs":400.1,"billedDurationMs":401,"memorySizeMB":1024},"status":"success"}}',
  '{"timestamp":"2026-11-23T10:00:00.500Z","level":"ERROR","requestId":"79b4f56e","message":{"errorType":"Error","errorMessage":"prompt_failed"}}',
  '{"level":"INFO","event":"started"}',
  '{"event":{"name":"prompt_completed"},"cost_usd":"12"}',
  "START RequestId: 79b4f56e Version: $LATEST",
  'an "event" of prompt_completed that is no JSON',
  "null",
  "",
];
