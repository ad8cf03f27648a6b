import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { UserError } from "@promptops/core";
import type { BatchHeader } from "../batch-file.ts";

const MANIFEST = "manifest.json";
const SUMMARY = "summary.json";
const BATCHES = "batches";
const BEGUN = ".begun";
/** A header has five short numbers. */
const HEADER_BYTES = 512;

/**
 * The folder of a run. While it runs: `manifest.json`, and `batches/` with a file for each batch that is done, or that was
 * stopped within. At its end: the parts, and `summary.json`. Each file is put in place whole.
 */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  readManifest(): string | undefined {
    return readIfThere(join(this.path, MANIFEST));
  }

  writeManifest(text: string): void {
    mkdirSync(join(this.path, BATCHES), { recursive: true });
    this.write(MANIFEST, text);
  }

  readSummary(): string | undefined {
    return readIfThere(join(this.path, SUMMARY));
  }

  /** The end of the run: from now on the parts are its output, and the batches are not needed any more. */
  writeSummary(text: string): void {
    this.write(SUMMARY, text);
    this.clear();
  }

  clear(): void {
    rmSync(join(this.path, BATCHES), { recursive: true, force: true });
  }

  /** @throws UserError `output-not-empty` when there are files that no run has made. */
  refuseStrangers(): void {
    const strangers = namesIn(this.path).filter((name) => name !== BATCHES && !isDraft(name));
    if (strangers.length === 0) return;
    throw new UserError("output-not-empty", `${this.path} has files already, and no run's manifest`, {
      hint: "Give an --output that is empty or not there.",
      facts: { folder: this.path, files: strangers.slice(0, 10) },
    });
  }

  /** The headers of the batches that are done, and of those that were stopped within. */
  savedBatches(): { readonly done: readonly BatchHeader[]; readonly begun: readonly BatchHeader[] } {
    const names = namesIn(join(this.path, BATCHES));
    const done = names.filter((name) => /^\d+\.jsonl$/.test(name));
    const finished = new Set(done);
    const begun = names.filter((name) => name.endsWith(BEGUN) && !finished.has(name.slice(0, -BEGUN.length)));
    return { done: done.map((name) => this.#header(name)), begun: begun.map((name) => this.#header(name)) };
  }

  #header(name: string): BatchHeader {
    const buffer = Buffer.alloc(HEADER_BYTES);
    const fd = openSync(join(this.path, BATCHES, name), "r");
    try {
      const text = buffer.toString("utf8", 0, readSync(fd, buffer, 0, HEADER_BYTES, 0));
      return JSON.parse(text.slice(0, text.indexOf("\n"))) as BatchHeader;
    } finally {
      closeSync(fd);
    }
  }

  readBatch(batch: number): string {
    return readFileSync(join(this.path, BATCHES, batchName(batch)), "utf8");
  }

  writeBatch(batch: number, text: string): void {
    this.write(join(BATCHES, batchName(batch)), text);
  }

  /** What a batch had come to when its run was stopped, or shortly before it was killed. */
  readBegun(batch: number): string | undefined {
    return readIfThere(join(this.path, BATCHES, batchName(batch) + BEGUN));
  }

  writeBegun(batch: number, text: string): void {
    this.write(join(BATCHES, batchName(batch) + BEGUN), text);
  }

  /** Puts a file in place whole. @param name relative to the folder. */
  write(name: string, text: string): void {
    const draft = this.draft(name);
    writeFileSync(draft, text);
    renameSync(draft, join(this.path, name));
  }

  /** Where a file is written before it is put in place. */
  draft(name: string): string {
    return join(this.path, `${name}.${process.pid}.draft`);
  }

  /** Removes what processes left that were killed as they wrote. */
  removeDrafts(): void {
    for (const name of namesIn(this.path).filter(isDraft)) rmSync(join(this.path, name), { force: true });
  }
}

function batchName(batch: number): string {
  return `${String(batch).padStart(8, "0")}.jsonl`;
}

function isDraft(name: string): boolean {
  return name.endsWith(".draft");
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
