import { type LayerVersionsListItem, ListLayerVersionsCommand } from "@aws-sdk/client-lambda";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeploy } from "./finding.ts";

export async function checkLayer({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const command = new ListLayerVersionsCommand({ LayerName: parse(outputs.layer).name });
  const answer = await ask(
    "lambda:ListLayerVersions",
    clients.lambda.send(command, { abortSignal: signal }),
    ["ResourceNotFoundException"],
  );
  return [judgeLayer(answer?.LayerVersions ?? [], outputs)];
}

/** Whether the layer that was deployed is the newest that there is. */
export function judgeLayer(versions: readonly LayerVersionsListItem[], outputs: StageOutputs): Finding {
  const { fine, wrong } = findingsOf("layer");
  const { name, version } = parse(outputs.layer);
  const newest = versions.reduce((most, { Version = 0 }) => Math.max(most, Version), 0);
  const facts = { deployed: version, newest };
  if (newest > version) {
    return wrong(
      `version ${newest} of ${name} is newer than the deployed one, ${version}: it was published by hand, or a deployment was cut short`,
      `If a deployment was cut short, ${redeploy(outputs).replace(/^D/, "d")}. If not, delete it: aws lambda delete-layer-version --layer-name ${name} --version-number ${newest}`,
      facts,
    );
  }
  if (newest < version) {
    return wrong(
      `version ${version} of ${name} was deleted: functions that have it run on, but cannot be updated`,
      redeploy(outputs),
      facts,
    );
  }
  return fine(`version ${version} is the newest`, facts);
}

function parse(arn: string): { readonly name: string; readonly version: number } {
  const [name = "", version] = arn.split(":").slice(6);
  return { name, version: Number(version) };
}
