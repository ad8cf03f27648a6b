import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINES, type EngineKind, engineOf } from "./engine-kinds.ts";
import { answers, freePort, launch } from "./launch.ts";
import { commandLine, findProcesses, stopProcess } from "./processes.ts";

// The engine that serves the data of a folder. To start or stop it, have the lock of the folder.

export interface FolderEngine {
  readonly kind: EngineKind;
  readonly port: number;
  readonly pid: number;
}

/** What `engine.json` says of the last engine of a folder; `pid` and `inode` only once that had started. */
type EngineRecord = Pick<FolderEngine, "kind" | "port"> & {
  readonly pid?: number;
  /** Of the data it opened: a copied, restored or deleted folder has other data than its record speaks of. */
  readonly inode?: number | undefined;
};

/** The engine that serves the folder's data now. */
export async function runningEngine(folder: string): Promise<FolderEngine | undefined> {
  const record = readRecord(folder);
  if (record?.pid === undefined) return undefined;
  const { kind, port, pid, inode } = record;
  const alive = serves(folder, kind)(commandLine(pid)) && inode === inodeOf(dataPath(folder, kind));
  return alive && (await answers(kind, port)) ? { kind, port, pid } : undefined;
}

/**
 * Starts an engine on the folder's data, after stopping whatever still has that data open: the engine of a starter who was killed before he could
 * record it, one that does not answer any more, one whose folder was deleted under it.
 *
 * A starter may even be killed before the process it forked has become an engine that can be found here. Such an engine
 * would come up beside ours. So a folder keeps its port: of two engines for one port, only one can serve.
 *
 * @throws {EngineError} `no-engine`, `engine-start`, `engine-stop`
 */
export async function startEngineOf(folder: string): Promise<FolderEngine> {
  const kind = engineOf(folder);
  let preferred = readRecord(folder)?.port;
  const choosePort = async () => {
    const port = await freePort(preferred);
    preferred = undefined;
    // After the choice: an engine that holds the preferred port is one that can be found.
    for (const pid of findProcesses(serves(folder, kind))) await stopProcess(pid, serves(folder, kind));
    writeRecord(folder, { kind, port });
    return port;
  };
  const path = dataPath(folder, kind);
  const log = openNew(join(folder, "engine.log"));
  try {
    const { pid, port } = await launch({ kind, dataPath: path, log, detached: true }, choosePort);
    writeRecord(folder, { kind, port, pid, inode: inodeOf(path) });
    return { kind, port, pid };
  } finally {
    closeSync(log);
  }
}

/** Stops the engine, if it still is one on the folder's path. */
export function stopEngine(folder: string, { kind, pid }: Pick<FolderEngine, "kind" | "pid">): Promise<void> {
  return stopProcess(pid, serves(folder, kind));
}

/** Stops the engine that was started last on the folder's data. */
export async function stopEngineOf(folder: string): Promise<void> {
  const record = readRecord(folder);
  if (record?.pid !== undefined) await stopEngine(folder, { kind: record.kind, pid: record.pid });
}

/** Tells the command lines of engines on the folder's data from all others, whoever installed the engine and where. */
function serves(folder: string, kind: EngineKind): (commandLine: string) => boolean {
  const end = ` ${ENGINES[kind].dataOption} ${dataPath(folder, kind)}`;
  return (line) => line.endsWith(end);
}

function dataPath(folder: string, kind: EngineKind): string {
  return join(folder, ENGINES[kind].data);
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function readRecord(folder: string): EngineRecord | undefined {
  try {
    const record: EngineRecord = JSON.parse(readFileSync(join(folder, "engine.json"), "utf8"));
    return record.kind in ENGINES ? record : undefined;
  } catch {
    return undefined;
  }
}

/** A writer may be killed half-way: the record is whole or the one before. */
function writeRecord(folder: string, record: EngineRecord): void {
  const path = join(folder, "engine.json");
  writeFileSync(`${path}.new`, `${JSON.stringify(record)}\n`);
  renameSync(`${path}.new`, path);
}

/** A new file, not the old one emptied: an engine started before ours may still write to that. */
function openNew(path: string): number {
  rmSync(path, { force: true });
  return openSync(path, "wx+");
}
