import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { DescribePipeCommand, type DescribePipeCommandOutput } from "@aws-sdk/client-pipes";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import { describeTable } from "./describe-table.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeploy } from "./finding.ts";

type Pipe = Pick<DescribePipeCommandOutput, "CurrentState" | "StateReason" | "Source" | "Target">;

export async function checkTamperAlarm(examination: Examination): Promise<readonly Finding[]> {
  const { outputs, clients, signal } = examination;
  const [table, pipe] = await Promise.all([
    describeTable(examination),
    ask(
      "pipes:DescribePipe",
      clients.pipes.send(new DescribePipeCommand({ Name: outputs.tamperAlarm }), { abortSignal: signal }),
      ["NotFoundException"],
    ),
  ]);
  return judgeTamperAlarm(pipe, table, outputs);
}

/**
 * Whether the pipe runs from the table's stream of today to the topic. A restored table has another stream. That there is no
 * table is said once, by its own check: the pipe has nothing to read then, and is not fine either.
 */
export function judgeTamperAlarm(
  pipe: Pipe | undefined,
  table: Pick<TableDescription, "LatestStreamArn"> | undefined,
  outputs: StageOutputs,
): readonly Finding[] {
  const { fine, wrong } = findingsOf("tamper-alarm");
  const { tamperAlarm: name, alarms } = outputs;
  const mend = redeploy(outputs);
  if (pipe === undefined) return [wrong(`there is no pipe ${name}: nobody is told of changed items`, mend)];
  const { CurrentState: state = "?", StateReason: reason, Source: source, Target: target } = pipe;
  const faults: Finding[] = [];
  if (state !== "RUNNING") {
    const because = reason ? `: ${reason}` : "";
    faults.push(
      wrong(
        `the pipe ${name} is ${state}, not RUNNING${because}. Nobody is told of changed items`,
        mendFor(state, name, mend),
        { state },
      ),
    );
  }
  const stream = table?.LatestStreamArn;
  if (table !== undefined && source !== stream) {
    faults.push(
      wrong(
        `the pipe ${name} reads ${source}, but the table's stream is ${stream ?? "none"}: nobody is told of changed items`,
        `The table was restored, or its stream was off. ${mend}`,
        { source: source ?? "", stream: stream ?? "" },
      ),
    );
  }
  if (target !== alarms) {
    faults.push(
      wrong(`the pipe ${name} tells ${target}, not the topic of alarms`, mend, { target: target ?? "" }),
    );
  }
  if (faults.length > 0 || table === undefined) return faults;
  return [fine(`${name} runs, on the table's stream`)];
}

function mendFor(state: string, name: string, mend: string): string {
  if (state === "STOPPED") {
    return `Start it: aws pipes start-pipe --name ${name}; CloudTrail says who stopped it.`;
  }
  // A deployment sees nothing to change in a pipe that failed.
  return state.endsWith("_FAILED") ? `Remove it first: aws pipes delete-pipe --name ${name}. ${mend}` : mend;
}
