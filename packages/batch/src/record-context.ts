import { costOf, findModel, type ObservedEvent, observe, type Prompt } from "@promptops/core";
import type { RecordContext } from "./job.ts";
import type { Run } from "./run.ts";
import { addUsage, type Usage } from "./usage.ts";

interface ContextSettings {
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly signal: AbortSignal;
}

/** A call that was observed: what its body has told so far. */
export interface Call {
  readonly event: ObservedEvent;
  readonly model: string;
}

/** What `process` gets besides its record. Its observed calls are added to `calls` as they begin. */
export function recordContext(
  run: Run,
  recordId: number,
  attempt: number,
  { prompts, signal }: ContextSettings,
  calls: Call[],
): RecordContext {
  const [first] = prompts.values();
  const prompt = first as Prompt;
  return {
    prompt,
    prompts,
    signal,
    runId: run.runId,
    recordId,
    attempt,
    observe: (extra, body, called = prompt) =>
      observe(
        called,
        { ...extra, runtime: "batch", job_name: run.job, run_id: run.runId, record_id: recordId },
        (event, call) => {
          calls.push({ event, model: called.model });
          return body(event, call);
        },
      ),
  };
}

/** Adds what a call took, as far as its event says so; what it cost by the same rule as in the event's line. */
export function addCall(usage: Usage, { event, model }: Call): void {
  const { input_tokens: inputTokens = 0, output_tokens: outputTokens = 0, cost_usd: cost } = event;
  if (inputTokens === 0 && outputTokens === 0 && cost === undefined) return;
  addUsage(usage, { inputTokens, outputTokens, costUsd: cost ?? priceOf(model, inputTokens, outputTokens) });
}

function priceOf(name: string, inputTokens: number, outputTokens: number): number {
  const model = findModel(name);
  return (model && costOf(model, inputTokens, outputTokens)) ?? 0;
}
