import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { type EventRecord, linesIn } from "./records.ts";
import type { SpilledFile } from "./spilled-file.ts";

/** After this long, in milliseconds, a file is taken from its owner even if that one cannot be seen to be gone. */
const LEASE_MS = 10 * 60_000;

/** `<host>.<pid>.<random>.<number>.<lines>.jsonl`: the first three are the owner. */
const NAME = /^(([\w-]+)\.(\d+)\.[0-9a-z]+)\.\d+\.(\d+)\.jsonl(\.new)?$/;

const HOST = hostname().replaceAll(/[^\w-]/g, "-");

/** The owners in this process. */
const owners = new Set<string>();

/**
 * Files of lines in a folder that several processes may share. A file is there whole or not at all, and on the disk
 * when it is there. Its name has its owner, who alone sends and removes it. Files of an owner who is gone are adopted by
 * renaming them, which only one process can do.
 */
export class SpillFolder {
  readonly #folder: string;
  readonly #owner: string;
  #next = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#owner = `${HOST}.${process.pid}.${Math.random().toString(36).slice(2, 12) || "0"}`;
    owners.add(this.#owner);
  }

  /** Writes records to a new file, before it returns. @throws what the file system throws. */
  save(records: readonly EventRecord[]): SpilledFile {
    const name = this.#newName(linesIn(records));
    const path = join(this.#folder, name);
    const draft = `${path}.new`;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    try {
      const file = openSync(draft, "wx", 0o600);
      try {
        writeWhole(file, Buffer.concat(records.map(({ data }) => data)));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
    this.#syncFolder();
    return this.#fileAt(name);
  }

  /** Makes the files of owners who are gone this one's. */
  adopt(): SpilledFile[] {
    return this.#names().flatMap((name) => {
      const [, owner = "", host = "", pid = "", lines = "", draft] = NAME.exec(name) ?? [];
      if (owner === "" || owners.has(owner)) return [];
      const path = join(this.#folder, name);
      try {
        const isOld = Date.now() - statSync(path).mtimeMs > LEASE_MS;
        if (draft !== undefined) {
          // Cut off while it was written: what was in it, a killed process had in memory.
          if (isOld) rmSync(path);
          return [];
        }
        if (!isOld && !isGone(host, Number(pid))) return [];
        const adopted = this.#newName(Number(lines));
        renameSync(path, join(this.#folder, adopted));
        utimesSync(join(this.#folder, adopted), new Date(), new Date());
        return [this.#fileAt(adopted)];
      } catch (error) {
        // Somebody else was first.
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      }
    });
  }

  /** Leaves the files to whoever comes next. */
  release(): void {
    owners.delete(this.#owner);
  }

  #newName(lines: number): string {
    this.#next += 1;
    return `${this.#owner}.${this.#next}.${lines}.jsonl`;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  #fileAt(name: string): SpilledFile {
    const path = join(this.#folder, name);
    return {
      name,
      lines: Number(NAME.exec(name)?.[4]),
      inBucket: false,
      async read() {
        try {
          return await readFile(path);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
          throw error;
        }
      },
      remove: () => rm(path, { force: true }),
    };
  }

  /** A new name is on the disk when its folder is. Windows cannot be asked for that. */
  #syncFolder(): void {
    if (process.platform === "win32") return;
    const folder = openSync(this.#folder, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}

function writeWhole(file: number, data: Buffer): void {
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
}

/** Whether a process of this machine is certainly gone. A container that was started again often has the same id. */
function isGone(host: string, pid: number): boolean {
  if (host !== HOST) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}
