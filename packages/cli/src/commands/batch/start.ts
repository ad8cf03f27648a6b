import { findJob } from "@promptops/batch/runner";
import { startRun } from "@promptops/batch/step-functions";
import { createPromptClient } from "@promptops/core";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { UsageError } from "../../usage-error.ts";

interface Options {
  readonly input: string;
  readonly output: string;
  readonly stateMachine?: string;
  readonly channel: string;
  readonly workers: number;
  readonly concurrency: number;
  readonly batchSize: number;
  readonly maxFailures: { readonly count: number } | { readonly percent: number };
}

/** Starts a run on Step Functions. */
export async function startJob(context: Context, name: string, options: Options): Promise<Outcome> {
  const { stateMachine, maxFailures: tolerance, ...settings } = options;
  const stateMachineArn = stateMachine ?? process.env.PROMPTOPS_BATCH_STATE_MACHINE;
  if (!stateMachineArn) {
    throw new UsageError("batch start needs --stage, or --state-machine <arn>");
  }
  const { run, executionArn } = await startRun({
    ...settings,
    output: settings.output.replace(/\/+$/, ""),
    job: await findJob(context.root(), name),
    client: createPromptClient({ ledger: await context.ledger() }),
    stateMachineArn,
    tolerance,
  });
  const versions = run.run.prompts.map(({ id, version }) => `${id}#${version}`).join(", ");
  return {
    json: { run, executionArn },
    text: `${name} with ${versions} runs as ${executionArn}\nHow far it is: promptops batch status ${options.output}`,
  };
}
