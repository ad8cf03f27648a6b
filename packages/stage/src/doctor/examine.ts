import type { StageOutputs } from "../outputs.ts";
import { checkAlarms } from "./alarms.ts";
import { checkBlobs } from "./blobs.ts";
import { checkCaller } from "./caller.ts";
import { type Clients, connect, disconnect } from "./clients.ts";
import { checkEvents } from "./events.ts";
import type { Check } from "./examination.ts";
import { type Finding, untilRestored } from "./finding.ts";
import { checkFirehose } from "./firehose.ts";
import { checkFunctions } from "./functions.ts";
import { checkLayer } from "./layer.ts";
import { checkOutputs } from "./outputs.ts";
import { checkPolicy } from "./policy.ts";
import { checkRecipients } from "./recipients.ts";
import { checkRecovery } from "./recovery.ts";
import { checkStream } from "./stream.ts";
import { checkTable } from "./table.ts";
import { checkTamperAlarm } from "./tamper-alarm.ts";
import { checkTimeToLive } from "./time-to-live.ts";
import { judgeUnanswered } from "./unanswered.ts";

/** How long a check may take. AWS usually answers one in less than a second. */
const PATIENCE_MS = 8_000;

/** In the order in which their findings are told. */
const CHECKS: Readonly<Record<string, Check>> = {
  table: checkTable,
  recovery: checkRecovery,
  "time-to-live": checkTimeToLive,
  policy: checkPolicy,
  stream: checkStream,
  "tamper-alarm": checkTamperAlarm,
  blobs: checkBlobs,
  functions: checkFunctions,
  layer: checkLayer,
  firehose: checkFirehose,
  events: checkEvents,
  recipients: checkRecipients,
  alarms: checkAlarms,
};

/**
 * Looks at a deployed stage from outside, by calls of AWS's API that change nothing, and says of each thing whether it is as it
 * was deployed. Whatever AWS answers, or does not, is a finding. Usually takes a second, and at most 30.
 *
 * @param onLooked is told how many of the checks are done.
 * @returns the findings, in the same order each time. In another account than the stage's, those of the caller alone. Where the
 * outputs are not known to be what the account has, those of the caller and of the outputs alone.
 * @throws UserError `bad-endpoint` where the environment's endpoint of S3 is no URL.
 * @example
 * const { stage } = await findStage("production", {});
 * const findings = await examineStage(wholeStage(stage));
 * const well = findings.every(({ state }) => state === "fine");
 */
export async function examineStage(
  outputs: StageOutputs,
  onLooked: (done: number, all: number) => void = () => {},
): Promise<readonly Finding[]> {
  const clients = connect(outputs.region);
  try {
    const caller = await look("identity", checkCaller, outputs, clients);
    const stranger = caller.some(({ check, state }) => check === "identity" && state === "wrong");
    if (stranger) return caller;
    const known = [...caller, ...(await look("outputs", checkOutputs, outputs, clients))];
    // All else would be judged by outputs that may be old.
    if (known.some(({ check, state }) => check === "outputs" && state !== "fine")) return known;
    const checks = Object.entries(CHECKS);
    let done = 0;
    const found = await Promise.all(
      checks.map(async ([name, check]) => {
        const findings = await look(name, check, outputs, clients);
        done += 1;
        onLooked(done, checks.length);
        return findings;
      }),
    );
    const findings = found.flat();
    const gone = findings.some(({ check, facts }) => check === "table" && facts?.gone === true);
    const told = gone
      ? findings.map((finding) => (finding.check === "table" ? finding : untilRestored(finding)))
      : findings;
    return [...known, ...told];
  } finally {
    disconnect(clients);
  }
}

/** Runs a check, but not for ever. */
async function look(
  name: string,
  check: Check,
  outputs: StageOutputs,
  clients: Clients,
): Promise<readonly Finding[]> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE_MS);
  const { signal } = controller;
  try {
    return await Promise.race([check({ outputs, clients, signal }), ended(signal)]);
  } catch (error) {
    return [judgeUnanswered(name, error)];
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects when a check's time is over: not everything that the SDK waits for heeds the signal. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    // In the next turn: where the signal is heeded, the check itself says what it asked.
    const end = () =>
      setImmediate(() => reject(Object.assign(new Error("no answer in time"), { name: "AbortError" })));
    signal.addEventListener("abort", end, { once: true });
  });
}
