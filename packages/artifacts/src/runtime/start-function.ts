import { randomUUID } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzip } from "../zip.ts";
import { type Answer, ExecutionEnvironment } from "./execution-environment.ts";
import type { FunctionError } from "./messages.ts";

/** As long as Lambda waits for a function to load. */
const INIT_TIMEOUT_MS = 10_000;
/** Lambda's default. */
const DEFAULT_TIMEOUT_MS = 3_000;
const MEMORY_MB = "1024";

export interface FunctionOptions {
  /** Also what the function is called. Default `function`. */
  readonly name?: string;
  /** The folder with the function's code. */
  readonly folder: string;
  /** `<file>.<export>`, such as `index.handler`. */
  readonly handler: string;
  /** The function's environment variables. Nothing else comes from this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** A layer's zip. For the function it is under `/opt`. */
  readonly layer?: string;
  /** After so many milliseconds a call is given up. Default 3,000. */
  readonly timeoutMs?: number;
}

/** What a call came to. */
export interface Invocation {
  /** What the handler returned; null when it failed. */
  readonly payload: unknown;
  readonly error?: FunctionError;
  /** The lines that the function wrote, from its start or since the call before. */
  readonly logs: readonly string[];
  /** Whether a process was started for this call. */
  readonly coldStart: boolean;
  /** How long the process took to start and to load the handler, in milliseconds; 0 in a warm one. */
  readonly initMs: number;
}

export interface RunningFunction extends AsyncDisposable {
  /** Calls the handler; calls that are made at once take turns. It does not throw for what the function does. */
  invoke(event: unknown): Promise<Invocation>;
  /** Ends the function's process, also in a call. There can be no more calls. */
  stop(): Promise<void>;
}

/**
 * Runs a function as Lambda does with the runtime nodejs24.x: in a process of its own that begins with the first call,
 * stands still between calls (for as long as the caller takes), and is ended by a call that takes too long, by an error
 * that nobody catches, and by an error while loading. The next call starts another.
 *
 * What stands in for Lambda, and is not it: `/opt` is mapped for `import`, `require` and the reads of whole files that
 * `node:fs` does at once, and nothing is sandboxed.
 *
 * @example
 * await using fn = startFunction({ folder: "dist/functions/intent-classifier", handler: "index.handler" });
 * const { payload, logs } = await fn.invoke({ body: '{"message":"I was charged twice"}' });
 */
export function startFunction(options: FunctionOptions): RunningFunction {
  const { name = "function", timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const opt = options.layer === undefined ? undefined : unzipped(options.layer);
  let lines: string[] = [];
  const settings = {
    variables: variablesOf(options, opt),
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    opt,
    onLine: (line: string) => void lines.push(line),
  };
  let environment: ExecutionEnvironment | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const call = async (event: unknown): Promise<Invocation> => {
    if (stopped) throw new Error("the function was stopped");
    const coldStart = environment === undefined;
    const started = performance.now();
    const current = environment ?? new ExecutionEnvironment(settings);
    environment = current;
    const initError = coldStart ? await current.init(INIT_TIMEOUT_MS) : undefined;
    const initMs = coldStart ? performance.now() - started : 0;
    const answer: Answer & { readonly ended: boolean } =
      initError === undefined
        ? await current.invoke({ requestId: randomUUID(), event, deadline: Date.now() + timeoutMs })
        : { error: initError, ended: true };
    if (answer.ended) {
      await current.end();
      environment = undefined;
    }
    const logs = lines;
    lines = [];
    const { ended, ...outcome } = answer;
    return { payload: null, ...outcome, logs, coldStart, initMs };
  };
  const stop = async () => {
    stopped = true;
    await environment?.end();
    await last;
    if (opt !== undefined) rmSync(opt, { recursive: true, force: true });
  };
  return {
    invoke(event) {
      const invocation = last.then(() => call(event));
      last = invocation.catch(() => undefined);
      return invocation;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What Lambda sets. A function's own variables cannot take their place, but for the format of logs. */
function variablesOf(
  { name = "function", folder, handler, environment = {} }: FunctionOptions,
  opt = "/opt",
): Readonly<Record<string, string>> {
  const own = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const task = realpathSync(folder);
  return {
    AWS_LAMBDA_LOG_FORMAT: "Text",
    PATH: process.env.PATH ?? "",
    ...Object.fromEntries(own),
    TZ: ":UTC",
    LANG: "en_US.UTF-8",
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: task,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    NODE_PATH: [`${opt}/nodejs/node24/node_modules`, `${opt}/nodejs/node_modules`, task].join(":"),
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: MEMORY_MB,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `[$LATEST]${randomUUID().replaceAll("-", "")}`,
  };
}

function unzipped(layer: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "promptops-opt-")));
  unzip(layer, folder);
  return folder;
}
