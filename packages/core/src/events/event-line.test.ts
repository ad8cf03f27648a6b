import { definition, storableJson } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventContent } from "../domain/definition.ts";
import type { Prompt } from "../domain/prompt.ts";
import { type EventFields, eventLine, type PromptEventType } from "./event-line.ts";
import { EVENT_FIELDS } from "./fields.ts";
import type { Moment } from "./runtime.ts";

const FIRST = ["event", "prompt_id", "prompt_version", "prompt_owner", "prompt_model"];

const LINE_ENDS = ["\u0085", "\u2028", "\u2029"];

const prompt: Prompt = {
  ...definition(),
  contentHash: "c".repeat(64),
  channel: "live",
  pinSeq: 7,
  source: "memory",
  ageMs: 1_200,
  render: () => ({ text: "" }),
};

const moment: Moment = {
  now: Date.parse("2026-03-01T12:00:00.123Z"),
  eventId: "0b9e0a4e-5d6b-4d7a-9f43-5f5f64b6b8a1",
  runtime: "node",
  service: undefined,
  requestId: undefined,
  metrics: false,
  sampleRate: 1,
};

interface Given {
  readonly event?: PromptEventType;
  readonly prompt?: Partial<Prompt>;
  readonly extra?: EventFields;
  readonly moment?: Partial<Moment>;
}

function lineOf(given: Given): string | undefined {
  return eventLine(given.event ?? "prompt_completed", { ...prompt, ...given.prompt }, given.extra ?? {}, {
    ...moment,
    ...given.moment,
  });
}

function fieldsOf(given: Given): Record<string, unknown> {
  return JSON.parse(lineOf(given) ?? "null") as Record<string, unknown>;
}

const extraOf = (extra: unknown) =>
  JSON.parse(String(fieldsOf({ extra: extra as EventFields }).extra)) as Record<string, unknown>;

describe("eventLine", () => {
  it("says what happened to which version, in a fixed order", () => {
    const fields = fieldsOf({ moment: { service: "billing-bot", requestId: "r-1" } });
    expect(Object.entries(fields)).toEqual([
      ["event", "prompt_completed"],
      ["prompt_id", "support.classifier"],
      ["prompt_version", 1],
      ["prompt_owner", "support-team"],
      ["prompt_model", "claude-sonnet"],
      ["event_id", moment.eventId],
      ["timestamp", "2026-03-01T12:00:00.123Z"],
      ["schema_version", 1],
      ["content_hash", prompt.contentHash],
      ["channel", "live"],
      ["pin_seq", 7],
      ["source", "memory"],
      ["age_ms", 1_200],
      ["runtime", "node"],
      ["service", "billing-bot"],
      ["request_id", "r-1"],
    ]);
    expect(fieldsOf({ prompt: { insteadOf: 3 } })).toMatchObject({ instead_of: 3 });
  });

  it("has fields in the order of the table, those of the prompt always", () => {
    const names = Object.keys(EVENT_FIELDS);
    expect(names.slice(0, FIRST.length)).toEqual(FIRST);
    const written = Object.keys(fieldsOf({}));
    expect(written).toEqual(names.filter((name) => written.includes(name)));
    const always = Object.entries(EVENT_FIELDS).filter(([, field]) => "always" in field);
    expect(written).toEqual(expect.arrayContaining(always.map(([name]) => name)));
  });

  it("is one line from which all that the caller gave can be read, whatever that is", () => {
    const own = Object.keys(EVENT_FIELDS);
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom(...own, "0", "__proto__", "toJSON", "_aws", "PromptId"),
    );
    const lineEnds = fc.constantFrom(...LINE_ENDS, "\n", "\r", "\u0000", "\ud800");
    const values = fc.oneof(
      storableJson(),
      fc.integer(),
      fc.array(lineEnds).map((ends) => ends.join("a")),
    );
    fc.assert(
      fc.property(fc.dictionary(names, values), (given) => {
        const text = lineOf({ extra: given }) ?? "";
        const breaks = [...text].filter((letter) => letter < " " || LINE_ENDS.includes(letter));
        expect(breaks).toEqual(["\n"]);
        const fields = JSON.parse(text) as Record<string, unknown>;
        expect(Object.keys(fields).slice(0, FIRST.length)).toEqual(FIRST);
        expect(own).toEqual(expect.arrayContaining(Object.keys(fields)));
        const extra = JSON.parse(String(fields.extra ?? "{}")) as Record<string, unknown>;
        for (const [name, value] of Object.entries(given)) {
          if (["prompt_variables", "prompt_text", "model_output"].includes(name)) continue;
          const read = Object.hasOwn(extra, name) ? extra[name] : fields[name];
          expect(JSON.stringify(read)).toBe(JSON.stringify(value));
        }
        for (const [name, value] of Object.entries(fields)) expect(value).toSatisfy(isOfType(name));
      }),
      { numRuns: 500 },
    );
  });

  it("does not let a caller write what is the prompt's own", () => {
    const forged = Object.fromEntries(
      [...FIRST, "timestamp", "event_id", "pin_seq"].map((name) => [name, "x"]),
    );
    const { extra, ...fields } = fieldsOf({ extra: forged });
    expect(Object.values(fields)).not.toContain("x");
    expect(JSON.parse(String(extra))).toEqual(forged);
  });

  it("lets a caller say what runs", () => {
    const said = { runtime: "batch", service: "nightly", request_id: "r-2" };
    expect(fieldsOf({ extra: said, moment: { service: "other", requestId: "r-1" } })).toMatchObject(said);
    expect(fieldsOf({ extra: said })).not.toHaveProperty("extra");
  });

  it("keeps what does not fit its column apart", () => {
    const odd = {
      latency_ms: "fast",
      label: 5,
      step: 2 ** 31,
      input_tokens: 2 ** 53,
      cost_usd: null,
      note: { a: [1] },
    };
    const { extra, ...fields } = fieldsOf({ extra: { ...odd, output_tokens: 3 } });
    expect(JSON.parse(String(extra))).toEqual(odd);
    expect(fields.output_tokens).toBe(3);
    for (const name of Object.keys(odd)) expect(fields).not.toHaveProperty(name);
  });

  it("leaves out what JSON leaves out", () => {
    const nothing = { a: undefined, b: () => 1, c: Symbol("s") };
    expect(fieldsOf({ extra: nothing })).not.toHaveProperty("extra");
    expect(extraOf({ ...nothing, d: Number.NaN, e: new Date(0) })).toEqual({
      d: null,
      e: "1970-01-01T00:00:00.000Z",
    });
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const throwing = {
    get value() {
      throw new Error("not now");
    },
  };
  const thrower = {
    toJSON() {
      throw "text";
    },
  };
  it.each<[string, unknown, unknown]>([
    ["a cycle", cycle, expect.stringContaining("[not JSON: ")],
    ["a BigInt", 1n, expect.stringContaining("[not JSON: ")],
    ["a nested BigInt", { deep: [1n] }, expect.stringContaining("[not JSON: ")],
    ["a throwing getter", throwing, "[not JSON: not now]"],
    ["a throwing toJSON", thrower, expect.stringContaining("[not JSON: ")],
  ])("writes %s as text, and the rest as it is", (_, value, expected) => {
    expect(extraOf({ before: 1, value, after: 2 })).toEqual({ before: 1, value: expected, after: 2 });
  });

  const refusing = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error("no");
      },
    },
  );
  it.each<[string, unknown]>([
    ["a getter that throws", throwing],
    ["a proxy that refuses", refusing],
  ])("is written for %s", (_, extra) => {
    expect(fieldsOf({ extra: extra as EventFields })).toMatchObject({ prompt_version: 1 });
  });

  it("is not led astray by a toJSON of the caller's", () => {
    expect(fieldsOf({ extra: { toJSON: () => "gone", label: "kept" } })).toMatchObject({
      prompt_version: 1,
      label: "kept",
    });
  });

  describe("over 256 KB", () => {
    const LIMIT = 256 * 1024;

    it.each<[string, EventFields]>([
      ["label", { label: "x".repeat(300_000), session_id: "s-1" }],
      ["label", { label: "字".repeat(90_000), session_id: "s-1" }],
      ["extra", { note: { deep: "x".repeat(300_000) }, session_id: "s-1" }],
      ["label,extra", { label: "y".repeat(200_000), note: "x".repeat(200_000), session_id: "s-1" }],
    ])("is cut at %s, and says so", (names, extra) => {
      const line = lineOf({ extra }) ?? "";
      expect(Buffer.byteLength(line)).toBeLessThan(LIMIT);
      const fields = JSON.parse(line) as Record<string, unknown>;
      expect(fields).toMatchObject({ truncated: names, session_id: "s-1", prompt_version: 1 });
      expect(fields).not.toHaveProperty("extra");
      if (extra.label !== undefined)
        expect(extra.label).toSatisfy((all: string) => all.startsWith(String(fields.label)));
    });

    it("is whole up to there", () => {
      const spare = LIMIT - Buffer.byteLength(lineOf({ extra: { label: "" } }) ?? "");
      expect(fieldsOf({ extra: { label: "x".repeat(spare) } })).not.toHaveProperty("truncated");
      expect(fieldsOf({ extra: { label: "x".repeat(spare + 1) } })).toMatchObject({ truncated: "label" });
    });
  });

  describe("with what users and models wrote", () => {
    const written = {
      prompt_variables: { message: "I am ada@example.com" },
      prompt_text: "Classify: I am ada@example.com",
      model_output: "billing",
    };
    const given = (events?: EventContent) =>
      fieldsOf({ prompt: events === undefined ? {} : { events }, extra: written });

    it("leaves it out, and does not hide it elsewhere", () => {
      expect(JSON.stringify(given())).not.toMatch(/ada|Classify|billing/);
    });

    it("has what the prompt lets it have, redacted", () => {
      const fields = given({ include: ["variables", "output"] });
      expect(fields).toMatchObject({
        prompt_variables: '{"message":"I am [email]"}',
        model_output: "billing",
      });
      expect(fields).not.toHaveProperty("prompt_text");
      expect(given({ include: ["text"], redact: [] })).toMatchObject({ prompt_text: written.prompt_text });
    });

    it.each([
      ["Mail ada.l+x@mail.example.co.uk now", "Mail [email] now"],
      ["Card 4111 1111 1111 1111, please", "Card [card_number], please"],
      ["IBAN DE89 3704 0044 0532 0130 00.", "IBAN [iban]."],
      ["Call +44 (0)20 7946 0958 or 555-010-9999", "Call [phone] or [phone]"],
      ["Order 12345 of 2026-03-01, 3.50 EUR", "Order 12345 of 2026-03-01, 3.50 EUR"],
    ])("takes personal data out of %j", (text, redacted) => {
      const fields = fieldsOf({ prompt: { events: { include: ["text"] } }, extra: { prompt_text: text } });
      expect(fields.prompt_text).toBe(redacted);
    });
  });

  describe("sampled", () => {
    const sessions = Array.from({ length: 4_000 }, (_, at) => `session-${at}`);
    const kept = (event: PromptEventType, sampleRate: number) =>
      sessions.filter(
        (session_id) => lineOf({ event, extra: { session_id }, moment: { sampleRate } }) !== undefined,
      );

    it.each([0, 0.1, 0.5, 1])("keeps a share of %d of the sessions, and says so", (rate) => {
      expect(Math.abs(kept("prompt_completed", rate).length / sessions.length - rate)).toBeLessThan(0.03);
      expect(kept("prompt_invoked", rate)).toEqual(kept("prompt_completed", rate));
    });

    it("keeps those of a smaller share in a larger one", () => {
      expect(kept("prompt_completed", 0.5)).toEqual(expect.arrayContaining(kept("prompt_completed", 0.1)));
    });

    it("says the rate, and keeps every failure", () => {
      const [session_id] = kept("prompt_completed", 0.1);
      const sampled = { extra: { session_id }, moment: { sampleRate: 0.1 } };
      expect(fieldsOf(sampled)).toMatchObject({ sample_rate: 0.1 });
      expect(kept("prompt_failed", 0)).toHaveLength(sessions.length);
      expect(kept("prompt_read_failed", 0)).toHaveLength(sessions.length);
      expect(kept("batch_completed", 0)).toHaveLength(sessions.length);
      expect(fieldsOf({ ...sampled, event: "prompt_failed" })).not.toHaveProperty("sample_rate");
      expect(fieldsOf({})).not.toHaveProperty("sample_rate");
    });
  });

  describe("for CloudWatch", () => {
    const metricsOf = (event: PromptEventType, extra: EventFields = {}, sampleRate = 1) => {
      const { _aws: meta, ...members } = fieldsOf({ event, extra, moment: { metrics: true, sampleRate } });
      const { Timestamp, CloudWatchMetrics } = meta as {
        Timestamp: number;
        CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
      };
      expect(Timestamp).toBe(moment.now);
      const [directive] = CloudWatchMetrics;
      expect(directive).toMatchObject({
        Namespace: "PromptOps",
        Dimensions: [["PromptId"], ["PromptId", "Version"]],
      });
      for (const name of directive?.Dimensions.flat() ?? []) expect(typeof members[name]).toBe("string");
      expect(members).toMatchObject({ PromptId: "support.classifier", Version: "1" });
      return Object.fromEntries((directive?.Metrics ?? []).map(({ Name }) => [Name, members[Name]]));
    };

    it("names metrics whose values are in the line", () => {
      const figures = { latency_ms: 12.5, input_tokens: 10, output_tokens: 2, cost_usd: 0.01 };
      expect(metricsOf("prompt_invoked", figures)).toEqual({ Invocations: 1 });
      expect(metricsOf("prompt_completed", figures)).toEqual({
        Failures: 0,
        Latency: 12.5,
        InputTokens: 10,
        OutputTokens: 2,
        CostUsd: 0.01,
      });
      expect(metricsOf("prompt_completed", { latency_ms: "?", cost_usd: Number.NaN })).toEqual({
        Failures: 0,
      });
      expect(metricsOf("prompt_failed", figures)).toEqual({ Failures: 1, Latency: 12.5 });
      expect(metricsOf("prompt_read_failed")).toEqual({ ReadFailures: 1 });
    });

    it("makes no metric of a batch run, whose calls have their own", () => {
      const run = { records_processed: 10, latency_ms: 5 };
      const fields = fieldsOf({ event: "batch_completed", extra: run, moment: { metrics: true } });
      expect(fields).toMatchObject({ event: "batch_completed", records_processed: 10 });
      expect(fields).not.toHaveProperty("_aws");
    });

    it("counts all calls, whatever share of them is logged", () => {
      const session = { session_id: "session-3" };
      const rate = [0.9, 0.5, 0.25].find(
        (sampleRate) =>
          lineOf({ event: "prompt_invoked", extra: session, moment: { sampleRate } }) !== undefined,
      );
      expect(rate).toBeDefined();
      expect(metricsOf("prompt_invoked", session, rate).Invocations).toBeCloseTo(1 / (rate ?? 1));
    });

    it("is the same line as elsewhere but for the metrics", () => {
      const { _aws, PromptId, Version, Failures, ...rest } = fieldsOf({ moment: { metrics: true } });
      expect([_aws, PromptId, Version, Failures]).not.toContain(undefined);
      expect(rest).toEqual(fieldsOf({}));
    });
  });
});

function isOfType(name: string) {
  const { type } = EVENT_FIELDS[name as keyof typeof EVENT_FIELDS];
  return (value: unknown) => {
    if (type === "string") return typeof value === "string";
    if (type === "timestamp") return typeof value === "string" && new Date(value).toISOString() === value;
    if (type === "double") return Number.isFinite(value);
    return Number.isSafeInteger(value);
  };
}
