import { UserError } from "@promptops/core/domain";

/** Options that do not make a whole: they are wrong together, or one is missing that the others ask for. */
export class UsageError extends UserError {
  constructor(message: string) {
    super("usage", message);
  }
}
