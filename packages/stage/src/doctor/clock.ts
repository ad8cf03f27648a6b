import { type Finding, findingsOf } from "./finding.ts";

/** What was heard of AWS's clock. */
export interface Heard {
  /** The `Date` header of an answer. */
  readonly theirs: Date | undefined;
  /** When the answer came. */
  readonly ours: Date;
  /** The error, where the answer was one. */
  readonly refusal?: { readonly name: string; readonly message: string };
}

const ALLOWED_SECONDS = 60;
const MEND =
  "Let NTP set this machine's clock (chronyc tracking, timedatectl, w32tm /query /status), or restart the virtual machine.";

/** Compares this machine's clock with AWS's. */
export function judgeClock({ theirs, ours, refusal }: Heard): Finding {
  const { fine, wrong, unknown } = findingsOf("clock");
  const ahead = theirs === undefined ? undefined : Math.round((ours.getTime() - theirs.getTime()) / 1000);
  const facts = { ...(ahead !== undefined && { secondsAhead: ahead }) };
  const off =
    ahead === undefined
      ? "is not AWS's"
      : `is ${Math.abs(ahead)} seconds ${ahead > 0 ? "ahead of" : "behind"} AWS's`;
  if (refusal !== undefined && saysClock(refusal.name, refusal.message)) {
    return wrong(
      `this machine's clock ${off}, and AWS refuses what it signs: ${refusal.message}`,
      MEND,
      facts,
    );
  }
  if (ahead === undefined) {
    return unknown("AWS's clock was not heard", "Look at the finding of identity.");
  }
  if (Math.abs(ahead) <= ALLOWED_SECONDS) {
    return fine(ahead === 0 ? "as AWS's" : `${Math.abs(ahead)} s from AWS's`, facts);
  }
  return wrong(
    `this machine's clock ${off}. From 5 minutes, AWS refuses what it signs; the SDK allows for it, but the times of events from here are wrong`,
    MEND,
    facts,
  );
}

/** Whether AWS refused a request by its time. */
export function saysClock(name: string, message: string): boolean {
  if (/^(RequestTimeTooSkewed|RequestInTheFuture)/.test(name)) return true;
  return (
    /^(InvalidSignature|SignatureDoesNotMatch|RequestExpired|AuthFailure)/.test(name) &&
    /expired|not yet current/i.test(message)
  );
}
