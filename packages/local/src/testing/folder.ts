import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { shareEngine } from "../index.ts";
import { commandLine, findProcesses } from "../processes.ts";
import { createTable, keys } from "./table.ts";

const USER = fileURLToPath(new URL("./user.process.ts", import.meta.url));
/** Holds all folders of a test file. */
export const root = mkdtempSync(join(tmpdir(), "promptops-share-"));
let folders = 0;

/** The path of a folder that is not there yet. */
export function newFolder(): string {
  folders += 1;
  return join(root, `project ${folders}`, ".promptops");
}

export async function folderWithTable(): Promise<string> {
  const folder = newFolder();
  const engine = await shareEngine(folder);
  await createTable(engine.endpoint);
  await engine.release();
  return folder;
}

/** The engines that have data under the path. */
export function enginesOn(path: string): number[] {
  return findProcesses("")
    .map((found) => found.pid)
    .filter((pid) => ["db-path", "dbPath"].some((option) => commandLine(pid).includes(`-${option} ${path}`)));
}

/** A process that uses the engine of the folder. */
export function startUser(folder: string, key: string, hold?: "hold") {
  const options = [USER, folder, key, ...(hold === undefined ? [] : [hold])];
  const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  const said: string[] = [];
  lines.on("line", (line) => said.push(line));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return {
    key,
    said,
    ended,
    /** Returns when the process has said it, or has ended without. */
    says: (what: string) => {
      const heard = new Promise<void>((resolve) => lines.on("line", (line) => line === what && resolve()));
      return Promise.race([heard, ended]);
    },
    kill: () => child.kill("SIGKILL"),
    exitCode: () => child.exitCode,
  };
}

/** The keys in the folder's table, asked for as a next command would. */
export async function keysIn(folder: string): Promise<string[]> {
  const engine = await shareEngine(folder);
  const found = await keys(engine.endpoint);
  await expect.poll(() => enginesOn(folder)).toEqual([engine.pid]);
  await engine.release();
  return found;
}
