import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "./engine-error.ts";

/** A process, told from those that get its id after it. */
export interface Process {
  readonly pid: number;
  /** When it was started, in the words of the operating system. */
  readonly started: string;
}

const STOP_PATIENCE_MS = 5000;

/** What `ps` writes in its own way. */
const NOT_ASCII = /[^ -~]+/;

/** The process of that id that runs now; zombies do not. */
export function processOf(pid: number): Process | undefined {
  if (process.platform !== "linux") return ps("-p", `${pid}`)[0];
  // After the name, which may contain anything, come the state and, 19 fields on, the start.
  const [state, ...fields] = readProc(pid, "stat")
    .replace(/^.*\) /s, "")
    .split(" ");
  const started = fields[18];
  return started === undefined || state === "Z" || state === "X" ? undefined : { pid, started };
}

export function isRunning({ pid, started }: Process): boolean {
  return processOf(pid)?.started === started;
}

/** Its arguments, the program first, joined by blanks. Empty for the instant that it takes to become another program. */
export function commandLine(pid: number): string {
  if (process.platform !== "linux") return ps("-p", `${pid}`)[0]?.commandLine ?? "";
  return readProc(pid, "cmdline").replaceAll("\0", " ").trimEnd();
}

/** The processes whose command line ends like this. */
export function findProcesses(end: string): Process[] {
  if (process.platform !== "linux") {
    const parts = end.split(NOT_ASCII);
    const endsSo = (line: string) =>
      line.endsWith(parts.at(-1) ?? "") && parts.every((part) => line.includes(part));
    return ps("-ax").filter((found) => endsSo(found.commandLine));
  }
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && commandLine(pid).endsWith(end))
    .flatMap((pid) => processOf(pid) ?? []);
}

/**
 * Ends the process, politely and after 5 s by force, and returns when it is gone.
 * @throws {EngineError} `engine-stop`
 */
export async function stopProcess(target: Process): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!isRunning(target)) return;
    kill(target.pid, signal);
    const deadline = Date.now() + STOP_PATIENCE_MS;
    while (isRunning(target) && Date.now() < deadline) await sleep(2);
  }
  if (!isRunning(target)) return;
  throw new EngineError(
    "engine-stop",
    `the embedded engine, process ${target.pid}, does not end`,
    `See what holds it: ps -fp ${target.pid}`,
  );
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** For systems without /proc. */
function ps(...which: string[]): (Process & { commandLine: string })[] {
  const { stdout } = spawnSync("ps", ["-ww", "-o", "pid=,stat=,lstart=,args=", ...which], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const line = /^ *(?<pid>\d+) +[^Z ]\S* +(?<started>\w+ +\w+ +\w+ +[\d:]+ +\d+) +(?<commandLine>.*?) *$/gm;
  return [...stdout.matchAll(line)].map(({ groups = {} }) => ({
    pid: Number(groups.pid),
    started: groups.started ?? "",
    commandLine: groups.commandLine ?? "",
  }));
}
