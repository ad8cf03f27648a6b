import { describe, expect, it } from "vitest";
import { parseSearch } from "./search-expression.ts";

describe("parseSearch", () => {
  // Of the documentation: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
  it.each([
    `SEARCH('{AWS/EC2,InstanceId} MetricName="CPUUtilization"', 'Average')`,
    `SEARCH(' {AWS/EC2,InstanceId} MetricName="CPUUtilization" ', 'Average', 300)`,
    `SEARCH(' {MyNamespace}, "CustomCount1" ', 'Maximum', 120)`,
    `SEARCH(' {"My Namespace", "Dimension@Name"}, "Custom:Name[Special_Characters" ', 'Maximum', 120)`,
    `SEARCH(' "AWS/EC2" MetricName="CPUUtilization" ', 'Average', 300)`,
    `SEARCH(' InstanceType=micro ', 'Average', 300)`,
    `SEARCH('NOT Namespace=AWS ', 'Maximum', 120)`,
    `SEARCH(' {AWS/EC2,InstanceId} MetricName="CPUUtilization" NOT "ProjectA" NOT "ProjectB" ', 'Average', 300)`,
    `SEARCH(' (EC2 OR EBS) MetricName=ReadOps ', 'Maximum', 120)`,
    `SEARCH(' {AWS/Lambda,FunctionName} MetricName="Errors" OR (MetricName="Invocations" AND (ProjectA OR ProjectB)) ', 'Average', 600)`,
    String.raw`SEARCH(' "Europe\\France Traffic\(Network\)" ', 'Sum', 60)`,
    `SEARCH(' :aws.AccountId="444455556666" network/errors ', 'Sum', 60)`,
  ])("takes %s", (expression) => {
    expect(parseSearch(expression).stat).toMatch(/^[A-Z]/);
  });
});
