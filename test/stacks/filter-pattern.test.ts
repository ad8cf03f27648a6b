import { describe, expect, it } from "vitest";
import { describeProgram, resourcesOf } from "./describe-program.ts";
import type { Evaluation } from "./evaluate.ts";
import { parseFilterPattern } from "./filter-pattern.ts";
import {
  LOG_FILTER_RULES,
  type LogGroupFilters,
  logFilterFaults,
  type MetricFilter,
  type SubscriptionFilter,
} from "./log-filter-rules.ts";
import { eventLines, OTHER_LINES } from "./log-lines.ts";
import { ruleOf } from "./rules.ts";
import { STAGE_KINDS } from "./stages.ts";

const TRAIL = {
  eventType: "UpdateTrail",
  sourceIPAddress: "111.111.111.111",
  arrayKey: ["value", "another value"],
  objectList: [
    { name: "a", id: 1 },
    { name: "b", id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
};
const USERS = {
  user: { id: 1, email: "John.Stiles@example.com" },
  users: [
    { id: 2, email: "John.Doe@example.com" },
    { id: 3, email: "Jane.Doe@example.com" },
  ],
  actions: ["GET", "PUT", "DELETE"],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
  ],
};
const REQUEST = {
  latency: 500,
  numbers: [10, 0.001],
  errorCode: 400,
  processes: [{}, { averageRuntime: 55.5 }],
  file: "Ev*ent",
};

/** The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, and what they leave open. */
const EXAMPLES: readonly (readonly [pattern: string, line: object, passes: boolean])[] = [
  ['{ $.eventType = "UpdateTrail" }', TRAIL, true],
  ["{ $.eventType = UpdateTrail }", TRAIL, true],
  ['{ $.eventType = "updateTrail" }', TRAIL, false],
  ['{$.eventType="UpdateTrail"}', TRAIL, true],
  ["{ $.sourceIPAddress != 123.123.* }", TRAIL, true],
  ["{ $.sourceIPAddress != 111.111.* }", TRAIL, false],
  ['{ $.eventType = "Update*" }', TRAIL, true],
  ["{ $.eventType = *Trail }", TRAIL, true],
  ['{ $.eventType = "*dateT*" }', TRAIL, true],
  ['{ $.eventType = "*Update" }', TRAIL, false],
  ['{ $.eventType = "Up*Trail" }', TRAIL, false],
  ['{ $.file = "Ev*ent" }', REQUEST, true],
  ['{ $.arrayKey[0] = "value" }', TRAIL, true],
  ['{ $.arrayKey[1] = "value" }', TRAIL, false],
  ['{ $.eventType[0] = "U" }', TRAIL, false],
  ["{ $.objectList[1].id = 2 }", TRAIL, true],
  ["{ $.objectList[0].id = 2 }", TRAIL, false],
  ["{ $.objectList.id = 2 }", TRAIL, false],
  ["{ $.SomeObject IS NULL }", TRAIL, true],
  ["{ $.SomeOtherObject IS NULL }", TRAIL, false],
  ["{ $.SomeOtherObject NOT EXISTS }", TRAIL, true],
  ["{ $.SomeObject NOT EXISTS }", TRAIL, false],
  ["{ $.toString NOT EXISTS }", TRAIL, true],
  ["{ $.ThisFlag IS TRUE }", TRAIL, true],
  ["{ $.ThisFlag IS FALSE }", TRAIL, false],
  ["{ $.eventType = %Trail% }", TRAIL, true],
  ["{ $.eventType = %^Trail% }", TRAIL, false],
  ["{ $.sourceIPAddress != %^123\\.123\\.[0-9]+% }", TRAIL, true],
  ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', USERS, true],
  ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', USERS, false],
  // && goes before ||.
  [
    '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
    USERS,
    true,
  ],
  [
    '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
    USERS,
    false,
  ],
  // A selector that leads to an array or an object is compared with nothing.
  ["{ $.users = 1 }", USERS, false],
  ["{ $.users != 1 }", USERS, false],
  ["{ $.user != nobody }", USERS, false],
  ["{ $.coordinates[1][2] = 6 }", USERS, true],
  ["{ $.latency >= 500 }", REQUEST, true],
  ["{ $.latency > 500 }", REQUEST, false],
  ["{ $.latency > +1000 }", REQUEST, false],
  ["{ $.latency < 1000.5 }", REQUEST, true],
  ["{ $.numbers[0] < 10e3 }", REQUEST, true],
  ["{ $.numbers[0] < 10e-3 }", REQUEST, false],
  ["{ $.numbers[1] = 1E-3 }", REQUEST, true],
  ["{ $.processes[1].averageRuntime <= 55.5 }", REQUEST, true],
  ["{ $.errorCode = 400 }", REQUEST, true],
  ["{ $.errorCode != 500 }", REQUEST, true],
  ["{ $.errorCode != 400 }", REQUEST, false],
  ["{ $.latency = * }", REQUEST, true],
  ["{ $.nothing = * }", REQUEST, false],
  ["{ $.latency > -1 }", { latency: "500" }, false],
];

describe("parseFilterPattern", () => {
  it.each(EXAMPLES)("%s", (pattern, line, passes) => {
    expect(parseFilterPattern(pattern).passes(JSON.stringify(line))).toBe(passes);
  });

  it("lets nothing through that is no JSON", () => {
    const { passes } = parseFilterPattern("{ $.a NOT EXISTS }");
    expect(["START RequestId: 1", "", "{"].map(passes)).toEqual([false, false, false]);
    expect(passes("{}")).toBe(true);
  });

  it.each([
    ["", "expected {, at 0"],
    ['$.a = "b"', "expected {, at 0"],
    ["{ }", "expected a selector, which begins with $, at 2"],
    ["{ a = 1 }", "expected a selector, which begins with $, at 2"],
    ["{ $ = 1 }", "expected a property, .name, at 3"],
    ["{ $[0] = 1 }", "expected a property, .name, at 3"],
    ["{ $.['a.b'] = 1 }", "expected a property, .name, at 3"],
    ["{ $.a[*] = 1 }", "expected a comparison, at 5"],
    ["{ $.a b }", "expected a comparison, at 6"],
    ["{ $.a == 1 }", "expected a text, a number or a regular expression, at 7"],
    ["{ $.a = }", "expected a text, a number or a regular expression, at 8"],
    ["{ $.a = b@c }", "expected &&, || or }, at 9"],
    ['{ $.a = "b }', "expected a text, a number or a regular expression, at 8"],
    ['{ $.a > "b" }', "expected a number, at 8"],
    ["{ $.a IS 1 }", "expected NULL, TRUE or FALSE, at 9"],
    ["{ ($.a = 1 }", "expected a closing parenthesis, at 11"],
    ["{ $.a = 1 and $.b = 2 }", "expected &&, || or }, at 10"],
    ["{ $.a = 1 && }", "expected a selector, which begins with $, at 13"],
    ["{ $.a = 1 } x", "expected the end, at 12"],
    ["{ $.a = %b(c)% }", "expected a regular expression of the characters that are supported"],
    ["{ $.a = %b% && $.a = %c% && $.a = %d% }", "expected at most 2 regular expressions"],
    [`{ $.a = ${"b".repeat(1024)} }`, "expected at most 1024 characters, at 0"],
  ])("refuses %s", (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});

/** The filters of each log group that has any. */
function filtersByGroup(evaluation: Evaluation): readonly LogGroupFilters[] {
  const inputs = <T>(type: string) =>
    resourcesOf(evaluation, type).map((resource) => resource.inputs as unknown as T);
  const metrics = inputs<MetricFilter>("aws:cloudwatch/logMetricFilter:LogMetricFilter");
  const subscriptions = inputs<SubscriptionFilter>(
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
  );
  const groups = new Set([
    ...metrics.map(({ logGroupName }) => logGroupName),
    ...subscriptions.map(({ logGroup }) => logGroup),
  ]);
  return [...groups].map((group) => ({
    metrics: metrics.filter(({ logGroupName }) => logGroupName === group),
    subscriptions: subscriptions.filter(({ logGroup }) => logGroup === group),
  }));
}

describeProgram("the filters of logs", (on) => {
  it.each(STAGE_KINDS)("keep CloudWatch Logs' rules on a %s stage", (kind) => {
    const groups = filtersByGroup(on(kind));
    expect(groups.length).toBeGreaterThan(0);
    for (const filters of groups) expect(logFilterFaults(filters)).toEqual([]);
  });

  it("let every event through to the lake, and nothing else", async () => {
    const lines = await eventLines();
    // As Lambda has them, with what CloudWatch makes metrics of.
    expect(lines.prompt_completed).toContain('"_aws"');
    const events = Object.values(lines);
    for (const { subscriptions } of filtersByGroup(on("production"))) {
      expect(subscriptions).toHaveLength(1);
      for (const { filterPattern } of subscriptions) {
        const { passes } = parseFilterPattern(filterPattern);
        expect(events.filter(passes)).toEqual(events);
        expect(OTHER_LINES.filter(passes)).toEqual([]);
      }
    }
  });

  it("count each event where it belongs, with a number", async () => {
    const events = Object.entries(await eventLines());
    for (const { metrics } of filtersByGroup(on("production"))) {
      const counted = events.map(([name, line]) => {
        const of = metrics.filter(({ pattern }) => parseFilterPattern(pattern).passes(line));
        const values = of.map(({ metricTransformation: { name: metric, value } }) => [
          metric,
          value.startsWith("$.")
            ? typeof (JSON.parse(line) as Readonly<Record<string, unknown>>)[value.slice(2)]
            : value,
        ]);
        return [name, Object.fromEntries(values)];
      });
      expect(Object.fromEntries(counted)).toEqual({
        prompt_invoked: {},
        prompt_completed: { Completed: "1", LatencyMs: "number", CostUsd: "number" },
        prompt_failed: { Failed: "1" },
        prompt_read_failed: { ReadFailed: "1" },
        batch_completed: {},
        stale: { ServedStale: "1" },
        snapshot: { ServedFromSnapshot: "1" },
      });
      for (const { pattern } of metrics) {
        expect(OTHER_LINES.filter(parseFilterPattern(pattern).passes), pattern).toEqual([]);
      }
    }
  });
});

const FILTER: MetricFilter = {
  name: "Completed",
  logGroupName: "/aws/lambda/classifier",
  pattern: '{ $.event = "prompt_completed" }',
  metricTransformation: { namespace: "PromptOps/production", name: "Completed", value: "1" },
};
const SUBSCRIPTION: SubscriptionFilter = {
  name: "events",
  logGroup: "/aws/lambda/classifier",
  filterPattern: '{ $.event = "prompt_*" }',
  destinationArn: "arn:aws:firehose:eu-central-1:123456789012:deliverystream/events",
  roleArn: "arn:aws:iam::123456789012:role/log-subscription",
};
const times = <T extends { readonly name: string }>(count: number, filter: T): readonly T[] =>
  Array.from({ length: count }, (_, at) => ({ ...filter, name: `${filter.name}${at}` }));
const metric = (bent: object) => ({
  metrics: [{ ...FILTER, metricTransformation: { ...FILTER.metricTransformation, ...bent } }],
});

describe("logFilterFaults", () => {
  const good: LogGroupFilters = { metrics: [FILTER], subscriptions: [SUBSCRIPTION] };
  const bent: readonly (readonly [fault: string, bend: Partial<LogGroupFilters>])[] = [
    ["a log group has at most 100 metric filters", { metrics: times(101, FILTER) }],
    ["a log group has at most 2 subscription filters", { subscriptions: times(3, SUBSCRIPTION) }],
    [
      "names of filters are unique in a log group, and have neither : nor *",
      { metrics: [{ ...FILTER, name: "a:b" }] },
    ],
    [
      "names of filters are unique in a log group, and have neither : nor *",
      { subscriptions: [SUBSCRIPTION, SUBSCRIPTION] },
    ],
    ["patterns are of the documented grammar", { metrics: [{ ...FILTER, pattern: "{ $.a == 1 }" }] }],
    [
      "at most 5 patterns of a log group have regular expressions",
      { metrics: times(6, { ...FILTER, pattern: "{ $.a = %b% }" }) },
    ],
    [
      "namespaces and names of metrics have at most 255 characters, none of them :, * or $",
      metric({ namespace: "a:b" }),
    ],
    [
      "namespaces and names of metrics have at most 255 characters, none of them :, * or $",
      metric({ name: "x".repeat(256) }),
    ],
    ["a namespace does not begin as those of AWS do", metric({ namespace: "AWS/Lambda" })],
    ["a metric's value is a number or a selector, of at most 100 characters", metric({ value: "latency" })],
    ["a metric's value is a number or a selector, of at most 100 characters", metric({ value: "$[0]" })],
    [
      "a metric has at most 3 dimensions, and with any no default value",
      metric({ dimensions: { a: "$.a", b: "$.b", c: "$.c", d: "$.d" } }),
    ],
    [
      "a metric has at most 3 dimensions, and with any no default value",
      metric({ dimensions: { a: "$.a" }, defaultValue: "0" }),
    ],
    [
      "a subscription to Firehose names the role that puts the records",
      { subscriptions: [{ ...SUBSCRIPTION, roleArn: "" }] },
    ],
  ];

  it("finds none in filters that keep the rules", () => {
    expect(logFilterFaults(good)).toEqual([]);
    expect(logFilterFaults({ ...good, ...metric({ value: "$.a.b[0].c" }) })).toEqual([]);
  });

  it.each(bent)("finds that not: %s", (fault, bend) => {
    expect(logFilterFaults({ ...good, ...bend }).map(ruleOf)).toEqual([fault]);
  });

  it("has no rule that nothing breaks", () => {
    expect(new Set(bent.map(([fault]) => fault))).toEqual(new Set(LOG_FILTER_RULES.map(({ says }) => says)));
  });
});
