import { parseFilterPattern } from "./filter-pattern.ts";
import { brokenRules, type Rule } from "./rule.ts";

/** As a provider gets it. */
export interface MetricFilter {
  readonly name: string;
  readonly logGroupName: string;
  readonly pattern: string;
  readonly metricTransformation: {
    readonly namespace: string;
    readonly name: string;
    readonly value: string;
    readonly defaultValue?: string;
    readonly dimensions?: Readonly<Record<string, string>>;
  };
}

/** As a provider gets it. */
export interface SubscriptionFilter {
  readonly name: string;
  readonly logGroup: string;
  readonly filterPattern: string;
  readonly destinationArn: string;
  readonly roleArn?: string;
}

/** The filters of one log group. */
export interface LogGroupFilters {
  readonly metrics: readonly MetricFilter[];
  readonly subscriptions: readonly SubscriptionFilter[];
}

const TRANSFORMATION =
  "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html";
const QUOTAS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html";
const PATTERNS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html";
const FILTER_NAME = /^[^:*]{1,512}$/;
const METRIC_NAME = /^[^:*$]{1,255}$/;

/** What CloudWatch Logs documents of the filters of a log group. */
export const LOG_FILTER_RULES: readonly Rule<LogGroupFilters>[] = [
  {
    says: "a log group has at most 100 metric filters",
    source: QUOTAS,
    holds: ({ metrics }) => metrics.length <= 100,
  },
  {
    says: "a log group has at most 2 subscription filters",
    source: QUOTAS,
    holds: ({ subscriptions }) => subscriptions.length <= 2,
  },
  {
    says: "names of filters are unique in a log group, and have neither : nor *",
    source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html",
    holds: ({ metrics, subscriptions }) =>
      [metrics, subscriptions].every((filters) => {
        const names = filters.map(({ name }) => name);
        return new Set(names).size === names.length && names.every((name) => FILTER_NAME.test(name));
      }),
  },
  {
    says: "patterns are of the documented grammar",
    source: PATTERNS,
    holds: (filters) => patternsOf(filters).every((pattern) => regexesIn(pattern) !== undefined),
  },
  {
    says: "at most 5 patterns of a log group have regular expressions",
    source: PATTERNS,
    holds: (filters) => patternsOf(filters).filter((pattern) => (regexesIn(pattern) ?? 0) > 0).length <= 5,
  },
  {
    says: "namespaces and names of metrics have at most 255 characters, none of them :, * or $",
    source: TRANSFORMATION,
    holds: ({ metrics }) =>
      metrics.every(({ metricTransformation: { namespace, name } }) =>
        [namespace, name].every((text) => METRIC_NAME.test(text)),
      ),
  },
  {
    says: "a namespace does not begin as those of AWS do",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html",
    holds: ({ metrics }) =>
      metrics.every(({ metricTransformation: { namespace } }) => !namespace.startsWith("AWS/")),
  },
  {
    says: "a metric's value is a number or a selector, of at most 100 characters",
    source: TRANSFORMATION,
    holds: ({ metrics }) =>
      metrics.every(({ metricTransformation: { value } }) =>
        /^(?=.{1,100}$)(?:-?\d+(?:\.\d+)?|\$(?:\.[\w-]+|(?<!\$)\[\d+\])+)$/.test(value),
      ),
  },
  {
    says: "a metric has at most 3 dimensions, and with any no default value",
    source: TRANSFORMATION,
    holds: ({ metrics }) =>
      metrics.every(({ metricTransformation: { dimensions = {}, defaultValue } }) => {
        const count = Object.keys(dimensions).length;
        return count <= 3 && (count === 0 || defaultValue === undefined);
      }),
  },
  {
    says: "a subscription to Firehose names the role that puts the records",
    source:
      "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html",
    holds: ({ subscriptions }) =>
      subscriptions.every(
        ({ destinationArn, roleArn = "" }) =>
          !destinationArn.includes(":firehose:") || /^arn:aws:iam::\d{12}:role\/./.test(roleArn),
      ),
  },
];

/** What is wrong with the filters of a log group, by what CloudWatch Logs documents. */
export function logFilterFaults(filters: LogGroupFilters): readonly string[] {
  return brokenRules(LOG_FILTER_RULES, filters);
}

function patternsOf({ metrics, subscriptions }: LogGroupFilters): readonly string[] {
  return [...metrics.map(({ pattern }) => pattern), ...subscriptions.map((filter) => filter.filterPattern)];
}

/** How many regular expressions a pattern has; undefined for what is no pattern. */
function regexesIn(pattern: string): number | undefined {
  try {
    return parseFilterPattern(pattern).regexes;
  } catch {
    return undefined;
  }
}
