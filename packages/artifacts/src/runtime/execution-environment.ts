import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { LogStream } from "./log-stream.ts";
import type { Delivery, FunctionError, Message } from "./messages.ts";
import { RuntimeApi } from "./runtime-api.ts";

const BOOTSTRAP = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));

/** What a call came to. */
export type Answer = { readonly payload: unknown } | { readonly error: FunctionError };

/** What an environment is made from. */
export interface Settings {
  /** The variables of the function's process. */
  readonly variables: Readonly<Record<string, string>>;
  readonly functionArn: string;
  /** A folder in the place of `/opt`. */
  readonly opt: string | undefined;
  readonly onLine: (line: string) => void;
}

/**
 * One process that runs a function, and everything that it starts. It is stopped (SIGSTOP) whenever no call is under
 * way.
 */
export class ExecutionEnvironment {
  readonly #api: RuntimeApi;
  readonly #settings: Settings;
  #process: ChildProcess | undefined;
  #logs: readonly LogStream[] = [];
  #ended: Promise<string> | undefined;
  /** Gives the waiting process its next call. Undefined in a call, and for good when the process ends in it. */
  #deliver: ((delivery: Delivery) => void) | undefined;
  /** What the process has answered with. It may end before it asks for another call. */
  #told: Answer | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#api = new RuntimeApi(settings.functionArn);
  }

  /** Starts the process and loads the handler, then freezes. @returns the error that the function failed with. */
  async init(timeoutMs: number): Promise<FunctionError | undefined> {
    const { variables, opt } = this.#settings;
    const address = await this.#api.start();
    const child = spawn(process.execPath, [BOOTSTRAP, ...(opt === undefined ? [] : [opt])], {
      cwd: variables.LAMBDA_TASK_ROOT,
      env: { ...variables, AWS_LAMBDA_RUNTIME_API: address },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own: what the function starts is frozen and ended with it.
      detached: true,
    });
    this.#process = child;
    this.#ended = once(child, "exit").then(([code, signal]) => signal ?? `exit status ${code}`);
    process.on("exit", this.#kill);
    this.#logs = [child.stdout, child.stderr].map(
      (pipe: Readable) => new LogStream(pipe, this.#settings.onLine),
    );
    const failed = await this.#within(timeoutMs, this.#ready());
    return failed && "error" in failed ? failed.error : undefined;
  }

  /** Thaws, has the handler called, and freezes again. The environment is gone when `ended` says so. */
  async invoke(delivery: Delivery): Promise<Answer & { readonly ended: boolean }> {
    this.#signal("SIGCONT");
    this.#deliver?.(delivery);
    const answer = await this.#within(delivery.deadline - Date.now(), this.#answered());
    return { ...answer, ended: this.#deliver === undefined };
  }

  /** Ends it. All that it said has been told by then. */
  async end(): Promise<void> {
    process.off("exit", this.#kill);
    this.#kill();
    this.#api.stop();
    const child = this.#process;
    const open = [child?.stdout, child?.stderr].filter((pipe) => pipe?.closed === false);
    await Promise.all([this.#ended, ...open.map((pipe) => pipe && once(pipe, "close"))]);
  }

  async #ready(): Promise<Answer | undefined> {
    const message = await this.#api.message();
    if (message.type === "init-error") return { error: message.error };
    await this.#freeze(message);
    return undefined;
  }

  async #answered(): Promise<Answer> {
    this.#deliver = undefined;
    this.#told = undefined;
    const message = await this.#api.message();
    if (message.type === "next") throw new Error("the bootstrap asked for another call instead of answering");
    const answer: Answer =
      message.type === "response" ? { payload: message.payload } : { error: message.error };
    this.#told = answer;
    await this.#freeze(await this.#api.message());
    return answer;
  }

  /** The process is asking for its next call: so long it stands still. */
  async #freeze(message: Message): Promise<void> {
    // An error between two calls: it is about to end.
    if (message.type !== "next") return;
    await Promise.all(this.#logs.map((log) => log.marked()));
    this.#signal("SIGSTOP");
    this.#deliver = message.deliver;
  }

  /** What the process says, unless it takes too long or ends before. */
  async #within<T>(timeoutMs: number, said: Promise<T>): Promise<T | Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<{ readonly error: FunctionError }>((resolve) => {
      const error = failure(
        "Sandbox.Timedout",
        `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
      );
      timer = setTimeout(resolve, timeoutMs, { error });
    });
    const exited = this.#ended?.then(
      (how) => this.#told ?? { error: failure("Runtime.ExitError", `Runtime exited with error: ${how}`) },
    );
    try {
      return await Promise.race([said, late, ...(exited === undefined ? [] : [exited])]);
    } finally {
      clearTimeout(timer);
    }
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // It has ended by itself, with all that it started.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  readonly #kill = (): void => this.#signal("SIGKILL");
}

function failure(errorType: string, errorMessage: string): FunctionError {
  return { errorType, errorMessage, stackTrace: [] };
}
