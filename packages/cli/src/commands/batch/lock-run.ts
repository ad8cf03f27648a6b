import { UserError } from "@promptops/core";
import { FileLock } from "@promptops/local";

/**
 * Keeps other commands of this project from an output while a run puts results there. A run that is killed lets go of it.
 *
 * @param state the folder for what the run keeps of itself.
 * @throws UserError `run-under-way`
 */
export function lockRun(state: string, output: string): Disposable {
  const lock = new FileLock(`${state}.lock`);
  if (!lock.try("exclusive")) {
    lock.close();
    throw new UserError("run-under-way", `another command is running a job into ${output}`, {
      hint: "Wait until it has ended, or name another output.",
    });
  }
  return { [Symbol.dispose]: () => lock.close() };
}
