import { describe, expect, it } from "vitest";
import {
  LOG_FILTER_RULES,
  type LogGroupFilters,
  logFilterFaults,
  type MetricFilter,
  type SubscriptionFilter,
} from "./log-filters.ts";
import { ruleOf } from "./rule.ts";

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
