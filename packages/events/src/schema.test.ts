import { readFileSync } from "node:fs";
import { EVENT_FIELDS, type EventField } from "@promptops/core/events";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { EVENT_COLUMNS } from "./columns.ts";
import { eventJsonSchema, SCHEMA_FILE } from "./json-schema.ts";
import { eventSchema } from "./schema.ts";

const committed = JSON.parse(readFileSync(SCHEMA_FILE, "utf8")) as object;
const validate = new Ajv2020({ formats: { "date-time": true } }).compile(committed);

const event = {
  event: "prompt_completed",
  prompt_id: "support.classifier",
  prompt_version: 2,
  prompt_owner: "support",
  prompt_model: "claude",
  event_id: "0b9e0a4e-5d6b-4d7a-9f43-5f5f64b6b8a1",
  timestamp: "2026-03-01T12:00:00.123Z",
  schema_version: 1,
  content_hash: "c".repeat(64),
  source: "memory",
  age_ms: 12,
  latency_ms: 1.5,
  extra: '{"a":1}',
};

describe("the schema of events", () => {
  it("is the JSON Schema that is committed", () => {
    expect(committed).toEqual(eventJsonSchema());
  });

  it("has the fields of the table, and the lake has a column for each", () => {
    const { properties, required } = committed as { properties: object; required: string[] };
    expect(Object.keys(properties)).toEqual(Object.keys(EVENT_FIELDS));
    expect(EVENT_COLUMNS.map(({ name }) => name)).toEqual(Object.keys(EVENT_FIELDS));
    const always = Object.entries<EventField>(EVENT_FIELDS).filter(([, field]) => field.always);
    expect(required).toEqual(always.map(([name]) => name));
  });

  it.each<[string, object, boolean]>([
    ["an event", event, true],
    ["one with metadata for metrics", { ...event, _aws: {}, PromptId: "x" }, true],
    ["one without what it is about", { ...event, prompt_id: undefined }, false],
    ["a version that is no number", { ...event, prompt_version: "2" }, false],
    ["a version that is no whole number", { ...event, prompt_version: 1.5 }, false],
    ["a latency in words", { ...event, latency_ms: "fast" }, false],
    ["a label that is no text", { ...event, label: 5 }, false],
  ])("takes or refuses %s, as the JSON Schema does", (_, line, fits) => {
    const plain = JSON.parse(JSON.stringify(line)) as unknown;
    expect(eventSchema.safeParse(plain).success).toBe(fits);
    expect(validate(plain)).toBe(fits);
  });

  it("keeps what is in the table, and nothing else", () => {
    expect(eventSchema.parse({ ...event, _aws: {} })).toEqual(event);
  });
});
