import { beforeEach, describe, inject } from "vitest";
import type { Evaluation, Resource } from "./evaluate.ts";
import type { StageKind } from "./stages.ts";

/** What the program asks for on a stage of a kind, for use in tests. */
export type OnStage = (kind: StageKind) => Evaluation;

/** Runs a suite on the evaluated program. Where SST's platform cannot be installed its tests are skipped, and the report says why. */
export function describeProgram(title: string, suite: (on: OnStage) => void): void {
  const program = inject("program");
  describe(title, () => {
    beforeEach((test) => {
      if ("missing" in program) test.skip(program.missing);
    });
    suite((kind) => {
      if ("missing" in program) throw new Error("a stage is looked at within a test");
      return program[kind];
    });
  });
}

/** The resources of a type, `aws:dynamodb/table:Table`. */
export function resourcesOf({ resources }: Evaluation, type: string): readonly Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** The log groups of the functions that call models. */
export function logsOfCalls(evaluation: Evaluation): readonly string[] {
  const functions = resourcesOf(evaluation, "aws:lambda/function:Function").map(
    ({ inputs }) =>
      inputs as {
        readonly loggingConfig: { readonly logGroup: string };
        readonly environment: { readonly variables: object };
      },
  );
  const calling = functions.filter(({ environment }) => "PROMPTOPS_MODEL_CALLS" in environment.variables);
  return calling.map(({ loggingConfig }) => loggingConfig.logGroup);
}

/** The inputs of the one resource of a type and name. */
export function inputsOf(evaluation: Evaluation, type: string, name: string): Resource["inputs"] {
  const [found, ...others] = resourcesOf(evaluation, type).filter((resource) => resource.name === name);
  if (found === undefined || others.length > 0) throw new Error(`not one ${type} is called ${name}`);
  return found.inputs;
}
