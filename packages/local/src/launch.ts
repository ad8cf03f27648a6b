import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fstatSync, mkdirSync, readSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "./engine-error.ts";
import { ENGINES, type EngineKind } from "./engine-kinds.ts";

interface Launch {
  readonly kind: EngineKind;
  /** The file or folder that it keeps its data in; in memory when absent. */
  readonly dataPath: string | undefined;
  /** A new file, open for reading and writing: what the engine says goes there. */
  readonly log: number;
  /** Whether it lives on when this process ends. */
  readonly detached: boolean;
}

const PORT_ATTEMPTS = 5;
const START_PATIENCE_MS = 30_000;
const ANSWER_PATIENCE_MS = 10_000;

/** The engines that are not to outlive this process. */
const attached = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of attached) child.kill("SIGKILL");
});

/**
 * Starts an engine on a port that `choosePort` names, which is asked again when another process was quicker to take the
 * port. Returns when the engine answers.
 * @throws {EngineError} `engine-start`, with what the engine said
 */
export async function launch(
  options: Launch,
  choosePort: () => Promise<number>,
): Promise<{ pid: number; port: number }> {
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    const port = await choosePort();
    const pid = await launchOn(port, options);
    if (pid !== undefined) return { pid, port };
  }
  throw new EngineError(
    "engine-start",
    `${PORT_ATTEMPTS} times another process took the port chosen for the embedded engine`,
    "Run the command again.",
  );
}

/** The engine's process id, or `undefined` when another process has the port. */
async function launchOn(port: number, options: Launch): Promise<number | undefined> {
  const { kind, dataPath, log, detached } = options;
  const engine = ENGINES[kind];
  const [program = "", ...rest] = engine.command(port, dataPath) ?? [];
  const failed = (said: string) =>
    new EngineError(
      "engine-start",
      `the embedded engine ${kind} did not start: ${said}`,
      dataPath === undefined
        ? `See whether ${program} runs.`
        : `See whether ${dataPath} can be written to and was written by ${kind}.`,
    );

  if (dataPath !== undefined)
    mkdirSync(engine.dataIsFolder ? dataPath : dirname(dataPath), { recursive: true });
  const child = spawn(program, rest, { stdio: ["ignore", log, log], detached });
  if (child.pid === undefined) throw failed(String((await once(child, "error"))[0]));
  if (detached) child.unref();
  else attached.add(child.on("exit", () => attached.delete(child)));
  const deadline = Date.now() + START_PATIENCE_MS;
  while (child.exitCode === null && child.signalCode === null) {
    // An answer alone could come from another engine, which took the port a moment ago.
    if (contentOf(log).includes(engine.banner) && (await answers(kind, port))) return child.pid;
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

/** A port of 127.0.0.1 that nobody listens on: the preferred one, if that is free. */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer().listen(preferred, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if (preferred === 0) throw error;
    return freePort();
  }
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : freePort();
}

/** Reads at a position of its own: the engine shares the descriptor's. */
function contentOf(log: number): string {
  const content = Buffer.alloc(fstatSync(log).size);
  return content.toString("utf8", 0, readSync(log, content, 0, content.length, 0));
}
