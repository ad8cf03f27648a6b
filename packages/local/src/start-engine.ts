import { randomUUID } from "node:crypto";
import { closeSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ENGINES, type EngineKind, requireEngine } from "./engine-kinds.ts";
import { launch } from "./launch.ts";
import { stopProcess } from "./processes.ts";

export interface Engine {
  readonly kind: EngineKind;
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly pid: number;
  /** Ends the engine and returns when it is gone. To call it again does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts an engine that nobody else knows of, for a test. It is killed with this process when that ends in an
 * orderly way; `stop` is the way to do it.
 *
 * @param options.kind the preferred one of those installed, if absent
 * @param options.data the folder to keep its data in; if absent, the data is gone with the engine
 * @throws {EngineError} `no-engine` when it is not installed, `engine-start` with the engine's own words when it dies
 * @example
 * const engine = await startEngine();
 * const client = new DynamoDBClient({ endpoint: engine.endpoint, region: "local", credentials });
 * await engine.stop();
 */
export async function startEngine(options: { kind?: EngineKind; data?: string } = {}): Promise<Engine> {
  const kind = requireEngine(options.kind);
  const dataPath = options.data === undefined ? undefined : resolve(options.data, ENGINES[kind].data);
  const log = openUnnamed();
  try {
    const engine = await launch({ kind, dataPath, log, detached: false });
    return {
      kind,
      endpoint: `http://127.0.0.1:${engine.port}`,
      pid: engine.pid,
      stop: () => stopProcess(engine),
    };
  } finally {
    closeSync(log);
  }
}

/** A file that is gone when the last process that has it open closes it. */
function openUnnamed(): number {
  const path = join(tmpdir(), `promptops-engine-${randomUUID()}.log`);
  const file = openSync(path, "ax+");
  rmSync(path);
  return file;
}
