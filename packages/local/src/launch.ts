import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fstatSync, ftruncateSync, mkdirSync, readSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "./engine-error.ts";
import { ENGINES, type EngineKind } from "./engine-kinds.ts";
import { type Process, processOf } from "./processes.ts";

interface Launch {
  readonly kind: EngineKind;
  /** The file or folder that it keeps its data in; in memory when absent. */
  readonly dataPath: string | undefined;
  /** A file, open for appending and reading: it gets what the engine says, instead of what is in it. */
  readonly log: number;
  /** Whether it lives on when this process ends. */
  readonly detached: boolean;
  /** Called before the engine runs. If this process is killed before it returns, the engine never does. */
  readonly beforeRun?: (launched: Launched) => void | Promise<void>;
}

interface Launched extends Process {
  readonly port: number;
}

const PORT_ATTEMPTS = 5;
const START_PATIENCE_MS = 30_000;
const ANSWER_PATIENCE_MS = 10_000;

/** A shell that becomes the engine, with the same process id, when it is told to, and ends when nobody is left to. */
const GATE = 'read -r go && exec "$@" </dev/null';

/** The engines that are not to outlive this process. */
const attached = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of attached) child.kill("SIGKILL");
});

/**
 * Starts an engine on a free port, and on another if some process is quicker to take that. Returns when it answers.
 * @throws {EngineError} `engine-start`, with what the engine said
 */
export async function launch(options: Launch): Promise<Launched> {
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    const port = await freePort();
    const launched = await launchOn(port, options);
    if (launched !== undefined) return launched;
  }
  throw new EngineError(
    "engine-start",
    `${PORT_ATTEMPTS} times another process took the port chosen for the embedded engine`,
    "Run the command again.",
  );
}

/** The engine, or `undefined` when another process has the port. */
async function launchOn(port: number, options: Launch): Promise<Launched | undefined> {
  const { kind, dataPath, log, detached, beforeRun } = options;
  const engine = ENGINES[kind];
  const command = engine.command(port, dataPath) ?? [];
  const failed = (said: string) =>
    new EngineError(
      "engine-start",
      `the embedded engine ${kind} did not start: ${said}`,
      dataPath === undefined
        ? `See whether ${command[0]} runs.`
        : `See whether ${dataPath} can be written to and was written by ${kind}.`,
    );

  ftruncateSync(log);
  if (dataPath !== undefined)
    mkdirSync(engine.dataIsFolder ? dataPath : dirname(dataPath), { recursive: true });
  const child = spawn("sh", ["-c", GATE, "sh", ...command], { stdio: ["pipe", log, log], detached });
  if (child.pid === undefined) throw failed(String((await once(child, "error"))[0]));
  if (detached) child.unref();
  else attached.add(child.on("exit", () => attached.delete(child)));
  const launched = { pid: child.pid, started: processOf(child.pid)?.started ?? "", port };
  try {
    await beforeRun?.(launched);
    child.stdin?.on("error", () => {}).write("go\n");
  } finally {
    child.stdin?.end();
  }

  const deadline = Date.now() + START_PATIENCE_MS;
  while (child.exitCode === null && child.signalCode === null) {
    // An answer alone could come from another engine, which took the port a moment ago.
    if (contentOf(log).includes(engine.banner) && (await answers(kind, port))) return launched;
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw failed(`no answer on port ${port} within ${START_PATIENCE_MS / 1000} s`);
    }
    await sleep(2);
  }
  const said = contentOf(log).trim();
  if (/already in use|failed to bind/i.test(said)) return undefined;
  throw failed(said || `it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`);
}

/** Whether an engine of this kind answers on the port. */
export function answers(kind: EngineKind, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.0\r\n\r\n"));
    socket.setTimeout(ANSWER_PATIENCE_MS, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(answer.includes(ENGINES[kind].greeting)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function contentOf(log: number): string {
  const content = Buffer.alloc(fstatSync(log).size);
  return content.toString("utf8", 0, readSync(log, content, 0, content.length, 0));
}
