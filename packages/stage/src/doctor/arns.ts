import type { StageOutputs } from "../outputs.ts";

export function tableArn(outputs: StageOutputs): string {
  const { region, account, table } = outputs;
  return `arn:${partition(outputs)}:dynamodb:${region}:${account}:table/${table}`;
}

/** The ARN of all objects of a bucket. */
export function objectsArn(outputs: StageOutputs, bucket: string): string {
  return `arn:${partition(outputs)}:s3:::${bucket}/*`;
}

/** AWS has its regions in China and those of governments in partitions of their own. */
function partition({ alarms }: StageOutputs): string {
  return alarms.split(":")[1] ?? "aws";
}
