import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { EngineError } from "./engine-error.ts";
import type { EngineKind } from "./engine-kinds.ts";
import { FileLock } from "./file-lock.ts";
import { type FolderEngine, runningEngine, startEngineOf, stopEngineOf } from "./folder-engine.ts";
import { poll } from "./poll.ts";
import { stopProcess } from "./processes.ts";

export interface SharedEngine {
  readonly kind: EngineKind;
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly pid: number;
  /**
   * Tells that this user is done, and stops the engine if it was the last. Returns when that has happened. To call it
   * again, at the same time or later, waits for the same and does nothing more.
   */
  release(): Promise<void>;
}

/** Both are files in the folder of the engine, `engine.users` and `engine.lock`. */
interface Locks {
  /** Shared by all who use the engine; had exclusively by the one who stops it. */
  readonly users: FileLock;
  /** Had by the one who starts the engine, or leaves. */
  readonly lock: FileLock;
}

/**
 * The engine on a project's own data, shared by all who ask for it at the same time, in this process and in others: the
 * first starts it, the last to release it stops it. The folder is made where it is missing.
 *
 * A user who is killed need not have released: what keeps count is file locks, which the operating system takes back.
 * But when all users of an engine are killed, it goes on running until somebody uses and releases it.
 *
 * The folder has to be on a disk of this machine, and users in different containers need folders of their own.
 *
 * @throws {EngineError} `no-engine`, `engine-start`, `engine-stop`, `engine-lock`
 * @example
 * const engine = await shareEngine(".promptops");
 * try {
 *   await work(engine.endpoint);
 * } finally {
 *   await engine.release();
 * }
 */
export async function shareEngine(folder: string): Promise<SharedEngine> {
  const path = resolve(folder);
  const locks = await enter(path);
  try {
    const home = realpathSync(path);
    const engine = await engineFor(home, locks.lock);
    let released: Promise<void> | undefined;
    return {
      kind: engine.kind,
      endpoint: `http://127.0.0.1:${engine.port}`,
      pid: engine.pid,
      release() {
        released ??= leave(home, locks, engine);
        return released;
      },
    };
  } catch (error) {
    close(locks);
    throw error;
  }
}

/** Counts the caller as a user, from when on nobody stops the engine. */
async function enter(folder: string): Promise<Locks> {
  for (;;) {
    const locks = {
      users: new FileLock(join(folder, "engine.users")),
      lock: new FileLock(join(folder, "engine.lock")),
    };
    try {
      await locks.users.wait("shared");
      if (locks.users.isCurrent() && locks.lock.isCurrent()) return locks;
    } catch (error) {
      close(locks);
      throw error;
    }
    // The folder was deleted meanwhile.
    close(locks);
  }
}

/** Only who finds no engine needs the lock: hundreds of users get in at the pace of the machine. */
function engineFor(folder: string, lock: FileLock): Promise<FolderEngine> {
  return poll(
    async () => {
      const running = await runningEngine(folder);
      if (running !== undefined || !lock.try("exclusive")) return running;
      try {
        return (await runningEngine(folder)) ?? (await startEngineOf(folder));
      } finally {
        lock.unlock();
      }
    },
    () =>
      new EngineError(
        "engine-lock",
        `another process has been starting the embedded engine of ${folder} for a minute`,
        "Run the command again. See which process has engine.lock open there.",
      ),
  );
}

/**
 * By the lock, of two who leave at once the second sees that it is the last. After the folder was deleted, the locks are
 * still those of its users, and an engine of a new folder in its place is not theirs to stop.
 */
async function leave(folder: string, { users, lock }: Locks, engine: FolderEngine): Promise<void> {
  try {
    await lock.wait("exclusive");
    users.unlock();
    if (!users.try("exclusive")) return;
    await (users.isCurrent() ? stopEngineOf(folder) : stopProcess(engine));
  } finally {
    close({ users, lock });
  }
}

function close({ users, lock }: Locks): void {
  users.close();
  lock.close();
}
