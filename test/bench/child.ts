import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Measure } from "./measure.ts";

/** Runs a program to its end, and gives what it printed. */
export async function runProgram(
  program: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, fileURLToPath(program), ...args]);
  return stdout;
}

/** A contender in a process of its own, which measures itself whenever it is asked to. */
export class Contender implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  /** @param stdout where its stdout goes: a file's descriptor, or a pipe that is read here. */
  constructor(program: string, args: readonly string[], stdout: number | "pipe") {
    this.#child = fork(fileURLToPath(program), args, { stdio: ["ignore", stdout, "inherit", "ipc"] });
    this.#child.stdout?.resume();
    this.#ended = once(this.#child, "exit").then(([code]) => {
      throw new Error(`${args.join(" ")} ended with ${code}`);
    });
    this.#ended.catch(() => {});
  }

  readonly measure: Measure = async () => {
    this.#child.send("measure");
    const [figure] = await Promise.race([once(this.#child, "message"), this.#ended]);
    return figure as number;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended.catch(() => {});
  }
}

/** In the contender's process: measures whenever the parent asks, until the parent has enough. */
export function answerWith(measure: Measure): void {
  process.on("message", async () => {
    process.send?.(await measure());
  });
  process.on("disconnect", () => process.exit());
}

/** Returns when all that was written to `process.stdout` is out: where that is a pipe, it may be full. */
export async function drained(): Promise<void> {
  if (process.stdout.writableLength > 0) await new Promise((done) => process.stdout.write("", done));
}
