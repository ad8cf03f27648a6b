import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "./engine-error.ts";

/** The command line of a process, its arguments joined by blanks; empty when there is none of that id, or a zombie. */
export function commandLine(pid: number): string {
  if (process.platform !== "linux") return ps("-p", `${pid}`)[0]?.[1] ?? "";
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trimEnd();
  } catch {
    return "";
  }
}

/** The ids of all processes whose command line fulfils `is`. */
export function findProcesses(is: (commandLine: string) => boolean): number[] {
  const all: [number, string][] =
    process.platform === "linux"
      ? readdirSync("/proc")
          .filter((name) => /^\d+$/.test(name))
          .map((name) => [Number(name), commandLine(Number(name))])
      : ps("-ax");
  return all.filter(([, line]) => is(line)).map(([pid]) => pid);
}

/**
 * Ends the process, politely and after 5 s by force, and returns when it is gone. A process whose command line does not
 * fulfil `is` is left alone: it got the id of one that is gone.
 * @throws {EngineError} `engine-stop`
 */
export async function stopProcess(pid: number, is: (commandLine: string) => boolean): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const deadline = Date.now() + 5000;
    for (let first = true; Date.now() < deadline; first = false) {
      if (!is(commandLine(pid))) return;
      if (first) kill(pid, signal);
      await sleep(2);
    }
  }
  throw new EngineError("engine-stop", `process ${pid} survives SIGKILL`, `See what holds it: ps -fp ${pid}`);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** macOS and the like have no /proc. In a C locale ps would escape the letters of a path that are not ASCII. */
function ps(...which: string[]): [number, string][] {
  const { stdout } = spawnSync("ps", ["-ww", "-o", "pid=,args=", ...which], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "en_US.UTF-8" },
  });
  return [...stdout.matchAll(/^ *(\d+) +(.*?) *$/gm)].map((line) => [Number(line[1]), line[2] ?? ""]);
}
