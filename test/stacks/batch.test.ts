import { stateMachine } from "@promptops/batch/state-machine";
import validate from "asl-validator";
import { expect, it } from "vitest";
import { describeProgram, inputsOf } from "./describe-program.ts";
import { isAllowed, principalsOf } from "./permissions.ts";
import { type StateMachine, stateMachineFaults } from "./rules/state-machine.ts";
import { STAGE_KINDS } from "./stages.ts";

interface Definition {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly MaxConcurrencyPath?: string;
  readonly ToleratedFailurePercentagePath?: string;
  readonly ItemProcessor?: Definition;
}

describeProgram("batch jobs", (on) => {
  it.each(STAGE_KINDS)("run on a %s stage in the state machine that the batch package defines", (kind) => {
    const machine = inputsOf(on(kind), "aws:sfn/stateMachine:StateMachine", "Batch");
    const worker = inputsOf(on(kind), "aws:lambda/function:Function", "BatchWorkerFunction");
    const workerArn = (on(kind).outputs.stateMachine as string)
      .replace(":states:", ":lambda:")
      .replace(/:stateMachine:.*/, `:function:${worker.name}`);
    expect(JSON.parse(machine.definition as string)).toEqual(stateMachine(workerArn));
  });

  it.each(STAGE_KINDS)("run on a %s stage in a state machine that AWS takes", (kind) => {
    const machine = inputsOf(on(kind), "aws:sfn/stateMachine:StateMachine", "Batch");
    const definition = JSON.parse(machine.definition as string) as Definition;
    const { isValid, errorsText } = validate(definition);
    expect(errorsText("\n")).toBe("");
    expect(isValid).toBe(true);
    expect(stateMachineFaults(machine as unknown as StateMachine)).toEqual([]);
    // Whoever waits for the worker waits as long as it may take, and no longer than an express execution lives.
    const worker = inputsOf(on(kind), "aws:lambda/function:Function", "BatchWorkerFunction");
    const maps = Object.values(definition.States).filter(({ Type }) => Type === "Map");
    expect(maps).toHaveLength(4);
    for (const { ItemProcessor, MaxConcurrencyPath, ToleratedFailurePercentagePath } of maps) {
      const [task, ...others] = Object.values(ItemProcessor?.States ?? {});
      expect(others).toEqual([]);
      expect(task?.TimeoutSeconds).toBe(worker.timeout);
      // Of the run, and not of the machine: who starts it says so.
      expect([MaxConcurrencyPath, ToleratedFailurePercentagePath]).toEqual([
        "$.workers",
        "$.tolerated.percent",
      ]);
    }
  });

  it("leave room for functions that somebody waits for, where there are any", () => {
    const reserved = STAGE_KINDS.map(
      (kind) =>
        inputsOf(on(kind), "aws:lambda/function:Function", "BatchWorkerFunction")
          .reservedConcurrentExecutions,
    );
    expect(reserved).toEqual([undefined, 200, 200]);
  });

  it("let the state machine do what a Distributed Map takes, and nothing else", async () => {
    const evaluation = on("production");
    const role = principalsOf(evaluation).find(({ name }) => name === "Batch");
    if (role === undefined) throw new Error("there is no role");
    const { stateMachine: machine, batchBucket: bucket } = evaluation.outputs as Record<string, string>;
    if (machine === undefined || bucket === undefined) throw new Error("they are outputs");
    const worker = machine.replace(":states:", ":lambda:").replace(/:stateMachine:.*/, ":function:");
    const calls = [
      ["lambda:InvokeFunction", `${worker}promptops-production-batch-worker`, true],
      ["lambda:InvokeFunction", `${worker}promptops-production-intent-classifier`, false],
      ["states:StartExecution", machine, true],
      ["states:StartExecution", `${machine}-of-somebody-else`, false],
      ["states:StopExecution", `${machine.replace(":stateMachine:", ":execution:")}:run`, true],
      ["s3:GetObject", `arn:aws:s3:::${bucket}/data.jsonl`, true],
      ["s3:PutObject", `arn:aws:s3:::${bucket}/runs/1/manifest.json`, true],
      ["s3:DeleteObject", `arn:aws:s3:::${bucket}/data.jsonl`, false],
      ["s3:GetObject", `arn:aws:s3:::${bucket.replace("batch", "lake")}/events/a.parquet`, false],
    ] as const;
    for (const [action, resource, may] of calls) {
      expect(await isAllowed(evaluation, role, { action, resource }), `${action} ${resource}`).toBe(may);
    }
  });
});
