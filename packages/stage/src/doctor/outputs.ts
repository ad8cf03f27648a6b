import { isDeepStrictEqual } from "node:util";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { outputsParameter, type StageOutputs, stageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf } from "./finding.ts";

export async function checkOutputs({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const command = new GetParameterCommand({ Name: outputsParameter(outputs.stage) });
  const answer = await ask("ssm:GetParameter", clients.ssm.send(command, { abortSignal: signal }), [
    "ParameterNotFound",
  ]);
  return [judgeOutputs(answer?.Parameter?.Value, outputs)];
}

/** Whether the outputs that all else is judged by are those of the stage's last deployment. */
function judgeOutputs(parameter: string | undefined, outputs: StageOutputs): Finding {
  const { fine, wrong } = findingsOf("outputs");
  const { stage, region } = outputs;
  const says = "what a deployment from this folder said is not what the account has";
  const mend = "Remove .sst/outputs.json, or set AWS_REGION to the stage's. Nothing else was looked at.";
  if (parameter === undefined) {
    return wrong(`${says}: it has no ${outputsParameter(stage)} in ${region}`, mend);
  }
  const theirs = JSON.parse(parameter) as Partial<StageOutputs> | null;
  // What a later release says besides is nothing that is judged here.
  const differ = stageOutputs
    .keyof()
    .options.filter((output) => !isDeepStrictEqual(theirs?.[output], outputs[output]));
  if (differ.length > 0) return wrong(`${says}: ${differ.join(", ")}`, mend, { differ });
  return fine("as the account has them");
}
