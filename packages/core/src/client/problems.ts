import { ServiceError, UserError } from "../domain/errors.ts";
import { formatRef, type Ref } from "../domain/ref.ts";
import type { Contract } from "./contract.ts";
import { isAbsence } from "./slot.ts";

/** The error for a prompt whose channel has nothing to serve yet. */
export function nothingServed(id: string, channel: string): UserError {
  return new UserError("no-evidence", `no version of ${id} has the evidence that ${channel} asks for`, {
    hint: `Evaluate one (promptops eval ${id} --append), or pin one: promptops pin ${id}#1 --force --reason …`,
    facts: { id, channel },
  });
}

/** The error for a prompt that is no longer served. */
export function promptRetired(id: string): UserError {
  return new UserError("prompt-retired", `${id} is retired`, {
    hint: `Ask for an exact version, or bring it back: promptops restore ${id}`,
    facts: { id },
  });
}

/** The error for a version that is not what its event says, or is not there although its event is. */
export function contentMismatch(ref: Ref, cause?: unknown): ServiceError {
  return new ServiceError("corrupt-content", `${formatRef(ref)} is not the content that its event names`, {
    hint: `Serve another version (promptops pin) and find what changed: promptops verify ${ref.id}`,
    facts: { ...ref },
    cause,
  });
}

/** The error for a prompt no version of which the running code can fill in. */
export function contractMismatch(ref: Ref, { variables }: Contract): UserError {
  const given = variables.length === 0 ? "no variables" : variables.join(", ");
  return new UserError(
    "contract-mismatch",
    `${formatRef(ref)} cannot be rendered with ${given}, and nor can a version before it`,
    {
      hint: `See what it takes: promptops show ${formatRef(ref)}. Supply that, or pin a version that fits.`,
      facts: { ...ref, variables },
    },
  );
}

/** The error for several prompts that could not be had at start-up. */
export function notPrefetched(failures: readonly (readonly [string, unknown])[]): UserError | ServiceError {
  const said = failures.map(
    ([id, error]) => `${id}: ${error instanceof Error ? error.message : String(error)}`,
  );
  const message = `${failures.length} of the prompts cannot be had: ${said.join("; ")}`;
  const details = {
    hint: "Each of them says what to do when it is asked for alone.",
    facts: { ids: failures.map(([id]) => id) },
    cause: new AggregateError(failures.map(([, error]) => error)),
  };
  return failures.every(([, error]) => isAbsence(error))
    ? new UserError("not-prefetched", message, details)
    : new ServiceError("not-prefetched", message, details);
}
