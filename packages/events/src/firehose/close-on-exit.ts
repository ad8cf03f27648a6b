import type { FirehoseSink } from "./firehose-sink.ts";

/** Docker kills 10 seconds after it asked for an end, Kubernetes and ECS 30. */
const WITHIN_MS = 8_000;

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Closes a sink when the process ends: when nothing is left to do, and on SIGTERM and SIGINT, whose usual effect follows
 * within 8 seconds (where the program has handlers of its own for a signal, these end it). A second signal,
 * `process.exit()` and an uncaught error do not wait: what is in memory then goes to the spill's folder. Only SIGKILL
 * and a crash of the machine lose it.
 *
 * @returns a function that takes all this back.
 */
export function closeOnExit(sink: FirehoseSink): () => void {
  let asked = false;
  const close = () => void sink.close();
  const spill = () => sink.spillNow();
  const end = (signal: NodeJS.Signals) => {
    undo();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) {
      spill();
      end(signal);
      return;
    }
    asked = true;
    void sink.close(WITHIN_MS).then(() => end(signal));
  };
  const undo = () => {
    process.off("beforeExit", close).off("exit", spill);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on("beforeExit", close).on("exit", spill);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return undo;
}
