import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { EngineError } from "./engine-error.ts";
import { poll } from "./poll.ts";

const SQLITE_BUSY = 5;

type LockMode = "shared" | "exclusive";

const BEGIN: Readonly<Record<LockMode, string>> = {
  shared: "BEGIN; SELECT 1 FROM sqlite_schema",
  // The journal would be a file otherwise, which to begin would write, and cannot in a folder that was deleted.
  exclusive: "PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE",
};

/** A lock ends when its database is closed, which the garbage collector does with those that nobody refers to. */
const open = new Set<DatabaseSync>();

/**
 * A file that processes lock, shared or exclusively. The locks are the operating system's own, which takes them back
 * when their holder dies, however it dies: no lock is ever stale. Node reaches them through SQLite, by transactions
 * that read and write nothing: the file stays empty.
 *
 * POSIX drops all locks that a process has on a file when the process closes any descriptor of it. SQLite sees to that
 * for its own; so open the file by nothing else.
 */
export class FileLock {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #inode: number;

  /**
   * Opens the file, without a lock yet. Makes it and its folder where they are missing.
   * @throws {EngineError} `engine-lock`
   */
  constructor(path: string) {
    this.#path = path;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#database = new DatabaseSync(path, { timeout: 0 });
      this.#inode = statSync(path).ino;
    } catch (error) {
      throw lockError(path, error);
    }
    open.add(this.#database);
  }

  /**
   * Takes the lock unless somebody else, in this process or another, has the file locked: in any way, for an exclusive
   * lock; exclusively, for a shared one.
   */
  try(mode: LockMode): boolean {
    try {
      this.#database.exec(BEGIN[mode]);
      return true;
    } catch (error) {
      this.unlock();
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
      throw lockError(this.#path, error);
    }
  }

  /**
   * Takes the lock as soon as it can be had.
   * @throws {EngineError} `engine-lock` after a minute
   */
  async wait(mode: LockMode): Promise<void> {
    await poll(
      () => this.try(mode) || undefined,
      () => lockError(this.#path, "somebody else has had it locked for a minute"),
    );
  }

  unlock(): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
  }

  /** Unlocks, for good. */
  close(): void {
    if (open.delete(this.#database)) this.#database.close();
  }

  /** Whether the path still leads to this file: not once that was deleted, even if it was made again. */
  isCurrent(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode;
  }
}

function lockError(path: string, reason: unknown): EngineError {
  return new EngineError(
    "engine-lock",
    `cannot lock ${path}: ${reason instanceof Error ? reason.message : reason}`,
    "Run the command again. See whether the file can be written to, and which process has it open.",
    reason,
  );
}
