import { readFileSync } from "node:fs";
import type { EventFields, Prompt, PromptEventType } from "@promptops/core";
import { definition, promptIds, storableJson } from "@promptops/testing";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";

const schema = JSON.parse(readFileSync(new URL("./emf.schema.json", import.meta.url), "utf8")) as object;
const validate = new Ajv2020().compile(schema);

interface Metadata {
  readonly CloudWatchMetrics: readonly {
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string }[];
  }[];
}

/** What CloudWatch would leave out of a line, or not take for metrics at all. */
function faultsOf(line: string): string[] {
  const root = JSON.parse(line) as Record<string, unknown> & { readonly _aws: Metadata };
  if (!validate(root))
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  const faults = Buffer.byteLength(line) > 256 * 1_024 ? ["too long"] : [];
  for (const { Dimensions, Metrics } of root._aws.CloudWatchMetrics) {
    for (const name of Dimensions.flat()) {
      const value = root[name];
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
      const fits = typeof value === "string" && /^[\x20-\x7e]{1,1024}$/.test(value) && /^[^:]/.test(value);
      if (!fits) faults.push(`dimension ${name}: ${JSON.stringify(value)}`);
    }
    for (const { Name } of Metrics) {
      if (typeof root[Name] !== "number") faults.push(`metric ${Name}: ${JSON.stringify(root[Name])}`);
    }
  }
  return faults;
}

/** Whether an event becomes metrics. A new one fails here until it has a row. */
const EVENTS = {
  prompt_invoked: true,
  prompt_completed: true,
  prompt_failed: true,
  prompt_read_failed: true,
  batch_completed: false,
} satisfies Record<PromptEventType, boolean>;
const TYPES = Object.keys(EVENTS) as PromptEventType[];
const events = fc.constantFrom(...TYPES.filter((type) => EVENTS[type]));
const anything = fc.oneof(
  storableJson(),
  fc.double(),
  fc.constantFrom<unknown>(undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol("x"), new Date(0)),
);
const names = fc.oneof(
  fc.constantFrom("latency_ms", "input_tokens", "output_tokens", "cost_usd", "session_id", "label"),
  fc.constantFrom("_aws", "PromptId", "Version", "Invocations", "Failures", "Latency", "CostUsd", "extra"),
  fc.string(),
);
const numbers = fc.record(
  {
    latency_ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
    input_tokens: fc.nat(),
    output_tokens: fc.nat(),
    cost_usd: fc.double({ min: 0, max: 10, noNaN: true }),
  },
  { requiredKeys: [] },
);
const fields = fc.oneof(numbers, fc.dictionary(names, anything, { maxKeys: 8 }));
const long = fc.nat(400_000).map((length) => ({ label: "é".repeat(length), note: "x".repeat(length) }));

const promptOf = (id: string, version: number): Prompt => ({
  ...definition({ id, version }),
  contentHash: "c".repeat(64),
  source: "memory",
  ageMs: 0,
  render: () => ({ text: "" }),
});

describe.each(["1", "0.5"])("lines in Lambda, at a sample rate of %s", (rate) => {
  const logged = async () => {
    vi.resetModules();
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "classifier");
    vi.stubEnv("PROMPTOPS_SAMPLE_RATE", rate);
    const { logPromptEvent, sendEventsTo } = await import("@promptops/core");
    const lines: string[] = [];
    sendEventsTo((line) => lines.push(line));
    return {
      lines,
      log: (event: PromptEventType, id: string, version: number, extra: EventFields) => {
        lines.length = 0;
        logPromptEvent(event, promptOf(id, version), extra);
        return lines[0];
      },
    };
  };
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  it("are in CloudWatch's embedded metric format, whatever the caller adds", async () => {
    const { log } = await logged();
    let seen = 0;
    fc.assert(
      fc.property(
        events,
        promptIds(),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fields,
        (event, id, version, extra) => {
          const line = log(event, id, version, extra);
          if (line === undefined) return;
          seen += 1;
          expect(faultsOf(line)).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThan(100);
  });

  it.each(TYPES.filter((type) => !EVENTS[type]))("have no metrics where there are none: %s", async (type) => {
    const { log } = await logged();
    expect(JSON.parse(log(type, "a.b", 1, { latency_ms: 1 }) ?? "")).not.toHaveProperty("_aws");
  });

  it("are so when they had to be cut", async () => {
    const { log } = await logged();
    fc.assert(
      fc.property(long, (extra) => {
        expect(faultsOf(log("prompt_failed", "a.b", 1, extra) ?? "")).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});

describe("the check of these tests", () => {
  const metric = (more: object) => ({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [{ Namespace: "N", Dimensions: [["D"]], Metrics: [{ Name: "M", Unit: "Count" }] }],
    },
    D: "d",
    M: 1,
    ...more,
  });
  it.each<[string, object, number]>([
    ["nothing wrong", {}, 0],
    ["no metadata", { _aws: undefined }, 1],
    ["no such dimension", { D: undefined }, 1],
    ["a dimension that is a number", { D: 1 }, 1],
    ["a dimension that is not ASCII", { D: "é" }, 1],
    ["a metric that is text", { M: "1" }, 1],
    ["a time that is text", { _aws: { Timestamp: "1", CloudWatchMetrics: [] } }, 1],
  ])("finds: %s", (_, more, count) => {
    expect(faultsOf(JSON.stringify(metric(more)))).toHaveLength(count);
  });
});
