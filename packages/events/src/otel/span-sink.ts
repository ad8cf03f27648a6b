import {
  type Attributes,
  context,
  type HrTime,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from "@opentelemetry/api";
import type { EventSink } from "@promptops/core";
import { eventSchema, type PromptEvent } from "../schema.ts";
import { genAiAttributes, OPERATION_NAME, REQUEST_MODEL } from "./genai-attributes.ts";

/**
 * A sink for `sendEventsTo` that makes a span of each call that was completed or failed, by OpenTelemetry's conventions
 * for generative AI. It began as long before the event as the call took; its parent is the span that is active where the
 * event is logged. Other lines are left alone, and so are lines that are no events.
 *
 * @param fixed attributes of all spans. The conventions ask for `gen_ai.provider.name`, which events do not know, and
 * for `gen_ai.operation.name`, `chat` unless it is given here.
 *
 * @example
 * const spans = spanSink(trace.getTracer("my-service"), { "gen_ai.provider.name": "aws.bedrock" });
 * sendEventsTo((line) => {
 *   process.stdout.write(line);
 *   spans(line);
 * });
 */
export function spanSink(tracer: Tracer, fixed: Attributes = {}): EventSink {
  return (line) => {
    const event = callIn(line);
    if (event !== undefined) record(tracer, event, { ...genAiAttributes(event), ...fixed });
  };
}

function callIn(line: string): PromptEvent | undefined {
  // Most lines are of calls that begin; these are not worth reading.
  if (!/^\{"event":"prompt_(completed|failed)"/.test(line)) return undefined;
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function record(tracer: Tracer, event: PromptEvent, attributes: Attributes): void {
  const end = Date.parse(String(event.timestamp));
  const span = tracer.startSpan(
    `${attributes[OPERATION_NAME]} ${attributes[REQUEST_MODEL]}`,
    { kind: SpanKind.CLIENT, startTime: timeOf(end - Number(event.latency_ms ?? 0)), attributes },
    context.active(),
  );
  if (event.event === "prompt_failed") {
    const { error_message: message } = event;
    span.setStatus({
      code: SpanStatusCode.ERROR,
      ...(message !== undefined && { message: String(message) }),
    });
  }
  span.end(timeOf(end));
}

/** Seconds and nanoseconds. The SDK takes a plain number from before the process began for something else. */
function timeOf(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1_000);
  return [seconds, Math.round((milliseconds - seconds * 1_000) * 1_000_000)];
}
