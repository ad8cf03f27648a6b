import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { interleave, type Row } from "./measure.ts";

const CLI = fileURLToPath(new URL("../../packages/cli/bin/promptops.js", import.meta.url));
/** Writes the CPU time that a process took, in milliseconds, to its stderr as it ends. */
const REPORT = `process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write(String((user + system) / 1000));
})`;

/** CPU time of starting the command line, against Node alone. */
export function bench(): Promise<readonly Row[]> {
  const cpu = async (...args: string[]) => {
    const { stderr } = spawnSync(process.execPath, ["--import", `data:text/javascript,${REPORT}`, ...args]);
    return Number(stderr.toString());
  };
  return interleave(
    { "promptops --help": () => cpu(CLI, "--help"), "node alone": () => cpu("--eval", "0") },
    15,
    "ms",
  );
}
