import { type FunctionConfiguration, GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeploy } from "./finding.ts";

const RUNTIME = "nodejs24.x";

const { fine, wrong, unknown } = findingsOf("functions");

export async function checkFunctions({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const found = await Promise.all(
    outputs.functions.map(async (name) => {
      const command = new GetFunctionConfigurationCommand({ FunctionName: name });
      const answer = await ask(
        "lambda:GetFunctionConfiguration",
        clients.lambda.send(command, { abortSignal: signal }),
        ["ResourceNotFoundException"],
      );
      return judgeFunction(name, answer, outputs);
    }),
  );
  return found.flat();
}

/** Whether a function can be called, and runs with this stage's table and layer. */
export function judgeFunction(
  name: string,
  configuration: FunctionConfiguration | undefined,
  outputs: StageOutputs,
): readonly Finding[] {
  const mend = redeploy(outputs);
  const says = (what: string, how = mend) => wrong(`${name} ${what}`, how, { function: name });
  if (configuration === undefined) return [says("is not there")];
  const { State: state = "?", StateReason: why, Runtime, Layers = [], Environment } = configuration;
  const { LastUpdateStatus: update = "?", LastUpdateStatusReason: updateWhy } = configuration;
  const faults: Finding[] = [];
  if (state !== "Active") {
    const how = state === "Pending" || state === "Inactive" ? "Call it, and look again in a minute." : mend;
    faults.push(says(`is ${state}, not Active${because(why)}`, how));
  }
  if (update !== "Successful") {
    const how = update === "InProgress" ? "Look again in a minute." : mend;
    faults.push(says(`was not updated (${update})${because(updateWhy)}: it runs as it was before`, how));
  }
  if (Runtime !== RUNTIME) faults.push(says(`runs on ${Runtime}, not ${RUNTIME}`));
  const table = Environment?.Variables?.PROMPTOPS_TABLE;
  if (Environment?.Error !== undefined) {
    faults.push(
      unknown(
        `the environment of ${name} cannot be read: ${Environment.Error.ErrorCode}: ${Environment.Error.Message}`,
        "Let the caller use the function's key (kms:Decrypt), and look again.",
        { function: name },
      ),
    );
  } else if (table !== outputs.table) {
    faults.push(
      says(
        `reads ${table ?? "no table"} (PROMPTOPS_TABLE), not ${outputs.table}`,
        `Is the ledger being restored? Else ${mend.replace(/^D/, "d")}`,
      ),
    );
  }
  const layers = Layers.flatMap(({ Arn }) => Arn ?? []);
  // What models cost is in the layer. Those functions have none that call none.
  const callsModels = Environment?.Variables?.PROMPTOPS_MODEL_CALLS !== undefined;
  const [layer] = outputs.layer.split(/:(?=\d+$)/);
  const its = layers.filter((arn) => arn.startsWith(`${layer}:`));
  if (its.some((arn) => arn !== outputs.layer) || (callsModels && its.length === 0)) {
    faults.push(says(`has the layers ${layers.join(", ") || "none"}, not ${outputs.layer}`));
  }
  return faults.length > 0 ? faults : [fine(`${name} is active`, { function: name })];
}

function because(reason: string | undefined): string {
  return reason ? `: ${reason}` : "";
}
