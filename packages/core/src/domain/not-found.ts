import { UserError } from "./errors.ts";
import { formatRef, type Ref } from "./ref.ts";

/** The error for an id that has no events. */
export function promptNotFound(id: string): UserError {
  return new UserError("prompt-not-found", `there is no prompt ${id} in the ledger`, {
    hint: "See which there are: promptops list. Publish the prompt files: promptops sync.",
    facts: { id },
  });
}

/** The error for a version of a prompt that is not in the ledger. */
export function versionNotFound({ id, version }: Ref): UserError {
  return new UserError("version-not-found", `${formatRef({ id, version })} was never published`, {
    hint: `See what was: promptops log ${id}`,
    facts: { id, version },
  });
}
