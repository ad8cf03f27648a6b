import { ServiceError, UserError } from "@promptops/core";

/** An error of Step Functions in this software's own terms. */
export function sfnError(error: unknown, arn: string): ServiceError | UserError {
  const { name = "Error", message = String(error) } = error as { name?: string; message?: string };
  const details = { facts: { arn, awsError: name }, cause: error };
  if (/^(StateMachineDoesNotExist|InvalidArn|ExecutionDoesNotExist)$/.test(name)) {
    return new UserError("no-state-machine", `Step Functions does not know ${arn}: ${message}`, {
      hint: "Check the ARN, the region and the account, or deploy the stage first.",
      ...details,
    });
  }
  return new ServiceError("step-functions-failed", `Step Functions: ${name}: ${message}`, {
    hint: "Check the network and what this role may do, then run it again.",
    ...details,
  });
}
