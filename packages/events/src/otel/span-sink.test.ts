import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { logPromptEvent, observe, type Prompt, sendEventsTo } from "@promptops/core";
import { definition } from "@promptops/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { spanSink } from "./span-sink.ts";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer("test");

beforeAll(() => {
  const active = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => active.getStore() ?? ROOT_CONTEXT,
    with: (given, body, self, ...args) => active.run(given, () => body.apply(self, args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
});
afterEach(() => {
  exporter.reset();
  sendEventsTo();
});
afterAll(() => {
  context.disable();
});

const prompt: Prompt = {
  ...definition({ version: 3 }),
  contentHash: "c".repeat(64),
  channel: "live",
  source: "memory",
  ageMs: 0,
  render: () => ({ text: "" }),
};

const spans = () => exporter.getFinishedSpans();
const millis = ([seconds, nanos]: readonly [number, number]) => seconds * 1_000 + nanos / 1_000_000;

describe("spans of events", () => {
  it("have what the conventions ask for", () => {
    sendEventsTo(spanSink(tracer, { "gen_ai.provider.name": "aws.bedrock" }));
    const before = Date.now();
    const id = logPromptEvent("prompt_completed", prompt, {
      latency_ms: 1_234.56,
      input_tokens: 812,
      output_tokens: 9,
      session_id: "s-17",
      agent_name: "triage",
      label: "billing",
    });
    const [span, ...more] = spans();
    expect(more).toEqual([]);
    expect(span).toMatchObject({ name: "chat claude-sonnet", kind: SpanKind.CLIENT });
    expect(span?.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(span?.attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.request.model": "claude-sonnet",
      "gen_ai.prompt.name": "support.classifier",
      "gen_ai.prompt.version": "3",
      "gen_ai.usage.input_tokens": 812,
      "gen_ai.usage.output_tokens": 9,
      "gen_ai.conversation.id": "s-17",
      "gen_ai.agent.name": "triage",
      "promptops.event_id": id,
    });
    expect(millis(span?.endTime ?? [0, 0])).toBeGreaterThanOrEqual(before);
    expect(millis(span?.duration ?? [0, 0])).toBeCloseTo(1_234.56, 3);
  });

  it("begin before the process did, where the call did", () => {
    sendEventsTo(spanSink(tracer));
    logPromptEvent("prompt_completed", prompt, { latency_ms: 3_600_000 });
    expect(millis(spans()[0]?.duration ?? [0, 0])).toBe(3_600_000);
  });

  it("are errors for calls that failed, and say of what kind", async () => {
    sendEventsTo(spanSink(tracer));
    const failing = observe(prompt, {}, () => {
      throw new TypeError("no");
    });
    await expect(failing).rejects.toThrow("no");
    logPromptEvent("prompt_failed", prompt, { error_message: "it broke" });
    expect(spans().map(({ status }) => status)).toEqual([
      { code: SpanStatusCode.ERROR },
      { code: SpanStatusCode.ERROR, message: "it broke" },
    ]);
    expect(spans().map(({ attributes }) => attributes["error.type"])).toEqual(["TypeError", "_OTHER"]);
  });

  it("are children of the span in which the call was made", async () => {
    sendEventsTo(spanSink(tracer));
    const parent = tracer.startSpan("request");
    await context.with(trace.setSpan(context.active(), parent), () => observe(prompt, {}, async () => {}));
    await observe(prompt, {}, async () => {});
    const [child, orphan] = spans();
    expect(child?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    expect(child?.spanContext().traceId).toBe(parent.spanContext().traceId);
    expect(orphan?.parentSpanContext).toBeUndefined();
  });

  it("can be named after another operation", () => {
    sendEventsTo(spanSink(tracer, { "gen_ai.operation.name": "text_completion" }));
    logPromptEvent("prompt_completed", prompt);
    expect(spans()[0]?.name).toBe("text_completion claude-sonnet");
  });

  it("are not made of other events, nor of other lines", () => {
    const sink = spanSink(tracer);
    sendEventsTo(sink);
    logPromptEvent("prompt_invoked", prompt);
    logPromptEvent("prompt_read_failed", prompt);
    for (const line of ["", "{", '{"event":"prompt_completed"}\n', '{"event":"prompt_completed"', "null\n"])
      sink(line);
    expect(spans()).toEqual([]);
  });
});
