/** The metrics that CloudWatch makes of event lines, each with its unit. */
const UNITS = {
  Invocations: "Count",
  Failures: "Count",
  Latency: "Milliseconds",
  InputTokens: "Count",
  OutputTokens: "Count",
  CostUsd: "None",
  ReadFailures: "Count",
} as const;

type MetricName = keyof typeof UNITS;

/**
 * The members that make CloudWatch read metrics from a line, by prompt and by version: the embedded metric format.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @returns JSON members, each with a comma before it.
 */
export function metricMembers(
  prompt: { readonly id: string; readonly version: number },
  now: number,
  values: { readonly [name in MetricName]?: number | undefined },
): string {
  let definitions = "";
  let members = "";
  for (const name of Object.keys(values) as MetricName[]) {
    const value = values[name];
    if (value === undefined || !Number.isFinite(value)) continue;
    definitions += `${definitions === "" ? "" : ","}{"Name":"${name}","Unit":"${UNITS[name]}"}`;
    members += `,"${name}":${value}`;
  }
  return (
    `,"_aws":{"Timestamp":${now},"CloudWatchMetrics":[{"Namespace":"PromptOps",` +
    `"Dimensions":[["PromptId"],["PromptId","Version"]],"Metrics":[${definitions}]}]}` +
    `,"PromptId":${JSON.stringify(prompt.id)},"Version":"${prompt.version}"${members}`
  );
}
