import type { TableDescription } from "@aws-sdk/client-dynamodb";
import type { StageOutputs } from "../outputs.ts";
import { describeTable } from "./describe-table.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeployLedger } from "./finding.ts";

export async function checkStream(examination: Examination): Promise<readonly Finding[]> {
  const table = await describeTable(examination);
  // That there is no table is said once, by its own check.
  return table === undefined ? [] : [judgeStream(table, examination.outputs)];
}

/** Whether changes of items are told, with what they were before. */
export function judgeStream(
  { StreamSpecification: stream, LatestStreamArn }: TableDescription,
  outputs: StageOutputs,
): Finding {
  const { fine, wrong } = findingsOf("stream");
  if (stream?.StreamEnabled !== true || LatestStreamArn === undefined) {
    return wrong("the table has no stream: nobody is told when an item is changed", redeployLedger(outputs));
  }
  if (stream.StreamViewType !== "NEW_AND_OLD_IMAGES") {
    return wrong(
      `the stream has ${stream.StreamViewType}, not NEW_AND_OLD_IMAGES: what an item was before is lost`,
      redeployLedger(outputs),
    );
  }
  return fine("on, with new and old images", { stream: LatestStreamArn });
}
