import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { type Delivered, deliverLines } from "./deliver.ts";

/** The most that is read of a file at once, in bytes. */
const SLICE_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/** How far a file is taken, in bytes. */
interface Mark {
  readonly done: number;
  /** Up to where it was being taken. Where it was interrupted, the very same slice is delivered again, over itself. */
  readonly taking?: number;
}

/**
 * Takes the event lines that programs have spooled (`PROMPTOPS_EVENTS_SPOOL`) into the lake, also of programs that
 * still run: whole lines, each once, wherever an earlier call was interrupted. Files of programs that have ended are
 * deleted when all of them is taken. One caller at a time: the caller sees to that.
 *
 * @param spool the folder of `<pid>-<start>.jsonl` files; it may be missing.
 */
export async function ingestSpool(lake: string, spool: string): Promise<Delivered> {
  const total = { rows: 0, failed: 0 };
  if (!existsSync(spool)) return total;
  for (const file of readdirSync(spool).filter((name) => name.endsWith(".jsonl"))) {
    const { rows, failed } = await ingestFile(lake, join(spool, file));
    total.rows += rows;
    total.failed += failed;
  }
  return total;
}

async function ingestFile(lake: string, file: string): Promise<Delivered> {
  // Asked before the file is read: what the program wrote until it ended is in there then.
  const ended = !isRunning(Number.parseInt(basename(file), 10));
  const total = { rows: 0, failed: 0 };
  for (;;) {
    const mark = readMark(file);
    const slice = readSlice(file, mark, ended);
    if (slice.length === 0) break;
    const end = mark.done + slice.length;
    writeMark(file, { done: mark.done, taking: end });
    const lines = slice
      .toString()
      .split("\n")
      .filter((line) => line !== "");
    const { rows, failed } = await deliverLines(lake, lines);
    writeMark(file, { done: end });
    total.rows += rows;
    total.failed += failed;
  }
  if (ended && readMark(file).done >= statSync(file).size) {
    rmSync(file, { force: true });
    rmSync(markFile(file), { force: true });
  }
  return total;
}

/** What is to be delivered next: whole lines, and what a program left unfinished when it ended. */
function readSlice(file: string, { done, taking }: Mark, ended: boolean): Buffer {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    const end = taking ?? Math.min(size, done + SLICE_BYTES);
    const bytes = Buffer.alloc(Math.max(0, end - done));
    const slice = bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, done));
    if (taking !== undefined || (ended && end === size)) return slice;
    return slice.subarray(0, slice.lastIndexOf(NEWLINE) + 1);
  } finally {
    closeSync(fd);
  }
}

const markFile = (file: string) => `${file}.mark`;

function readMark(file: string): Mark {
  if (!existsSync(markFile(file))) return { done: 0 };
  return JSON.parse(readFileSync(markFile(file), "utf8")) as Mark;
}

function writeMark(file: string, mark: Mark): void {
  const draft = `${markFile(file)}.draft`;
  writeFileSync(draft, JSON.stringify(mark));
  renameSync(draft, markFile(file));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
