import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ENGINES, type EngineKind, engineOf } from "./engine-kinds.ts";
import { answers, launch } from "./launch.ts";
import { commandLine, findProcesses, isRunning, type Process, stopProcess } from "./processes.ts";

// The engine that serves the data of a folder. Who starts or stops it must have the folder's lock.

export interface FolderEngine extends Process {
  readonly kind: EngineKind;
  readonly port: number;
}

/** What `engine.json` says of the folder's engine. */
interface EngineRecord extends FolderEngine {
  /**
   * Of the data that the engine has open: a copied, restored or deleted folder has other data than its record speaks
   * of. Absent while the engine is being started or stopped, and for good when the one who does that is killed.
   */
  readonly inode?: number;
}

/** The engine that serves the folder's data now. */
export async function runningEngine(folder: string): Promise<FolderEngine | undefined> {
  const record = readRecord(folder);
  if (record?.inode === undefined || !isRunning(record)) return undefined;
  const { inode, ...engine } = record;
  const data = statSync(dataPath(folder, engine.kind), { throwIfNoEntry: false });
  return data?.ino === inode && (await answers(engine.kind, engine.port)) ? engine : undefined;
}

/**
 * Starts an engine on the folder's data. First stops any that may have that open still: half started or half stopped by
 * somebody who was killed, silent, or left over from a folder that was deleted.
 * @throws {EngineError} `no-engine`, `engine-start`, `engine-stop`
 */
export async function startEngineOf(folder: string): Promise<FolderEngine> {
  const kind = engineOf(folder);
  const path = dataPath(folder, kind);
  const record = readRecord(folder);
  // Killed starters may leave a process that is just becoming an engine; wait until it shows as one.
  while (record !== undefined && isRunning(record) && commandLine(record.pid) === "") await sleep(1);
  const leftovers = findProcesses(` ${ENGINES[kind].dataOption} ${path}`);
  for (const leftover of leftovers) await stopProcess(leftover);

  const log = openSync(join(folder, "engine.log"), "a+");
  try {
    const launched = await launch({
      kind,
      dataPath: path,
      log,
      detached: true,
      beforeRun: (gated) => writeRecord(folder, { kind, ...gated }),
    });
    writeRecord(folder, { kind, ...launched, inode: statSync(path).ino });
    return { kind, ...launched };
  } finally {
    closeSync(log);
  }
}

/** Stops the engine that serves the folder's data now. */
export async function stopEngineOf(folder: string): Promise<void> {
  const record = readRecord(folder);
  if (record === undefined) return;
  const { inode, ...engine } = record;
  writeRecord(folder, engine);
  await stopProcess(engine);
  rmSync(recordPath(folder), { force: true });
}

function dataPath(folder: string, kind: EngineKind): string {
  return join(folder, ENGINES[kind].data);
}

function readRecord(folder: string): EngineRecord | undefined {
  try {
    const record: EngineRecord = JSON.parse(readFileSync(recordPath(folder), "utf8"));
    return record.kind in ENGINES ? record : undefined;
  } catch {
    return undefined;
  }
}

/** A writer may be killed half-way: the record is whole, or still the one before. */
function writeRecord(folder: string, record: EngineRecord): void {
  const draft = `${recordPath(folder)}.new`;
  writeFileSync(draft, `${JSON.stringify(record)}\n`);
  renameSync(draft, recordPath(folder));
}

function recordPath(folder: string): string {
  return join(folder, "engine.json");
}
