import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { commandLine, findProcesses, isRunning, processOf, stopProcess } from "./processes.ts";

const platform = process.platform;
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  Object.defineProperty(process, "platform", { value: platform });
});

/** A process that says `ready` and then does nothing, and how its command line ends. */
async function startIdle(script = "") {
  const end = `ümlaut and ${Math.random()}`;
  const code = `${script}; setInterval(() => {}, 60_000); console.log("ready")`;
  const child = spawn(process.execPath, ["-e", code, end], { stdio: ["ignore", "pipe", "ignore"] });
  started.push(child);
  await once(child.stdout, "data");
  return { child, pid: child.pid ?? 0, end };
}

// macOS has no /proc; its way works on Linux too, where ps is installed.
describe.each([platform, "darwin"])("as on %s", (as) => {
  test("a process is found by the end of its command line, and stopped", async () => {
    const { pid, end } = await startIdle();
    Object.defineProperty(process, "platform", { value: as });
    expect(commandLine(pid)).toContain(process.execPath);
    const [found] = findProcesses(end);
    if (found === undefined) throw new Error("not found");
    expect(found).toEqual(processOf(pid));
    expect(isRunning(found)).toBe(true);
    await stopProcess(found);
    expect([isRunning(found), processOf(pid), findProcesses(end)]).toEqual([false, undefined, []]);
  });

  test("a process that got the id of another is not that", async () => {
    const { pid } = await startIdle();
    Object.defineProperty(process, "platform", { value: as });
    const now = processOf(pid);
    if (now === undefined) throw new Error("not found");
    const former = { pid, started: processOf(process.ppid)?.started ?? "" };
    await stopProcess(former);
    expect([isRunning(former), isRunning(now)]).toEqual([false, true]);
    await stopProcess(now);
  });
});

test("who does not listen to SIGTERM is killed", async () => {
  const { child, pid } = await startIdle('process.on("SIGTERM", () => {})');
  const target = processOf(pid);
  if (target === undefined) throw new Error("not found");
  const exit = once(child, "exit");
  await stopProcess(target);
  expect(await exit).toEqual([null, "SIGKILL"]);
});
