import { spawn } from "node:child_process";
import { once } from "node:events";
import { UserError } from "@promptops/core/domain";
import { gitEnvironment } from "./git.ts";

/** A file's content as git holds it; its size alone where that is over the limit; `undefined` where git lacks it. */
export type Blob = Buffer | { readonly size: number } | undefined;

/** Reads one blob by its hash. One call at a time. */
export type ReadBlob = (hash: string) => Promise<Blob>;

/**
 * Runs `use` with a reader of blobs, all of them through one git process.
 *
 * @param limit the largest blob to hold, in bytes.
 * @throws UserError `git-failed` when the process ends before it has answered.
 */
export async function withBlobs<T>(
  folder: string,
  limit: number,
  use: (read: ReadBlob) => Promise<T>,
): Promise<T> {
  // Not execFile, which keeps all that is printed until the end.
  const child = spawn("git", ["-C", folder, "cat-file", "--batch"], {
    env: gitEnvironment(),
    stdio: ["pipe", "pipe", "ignore"],
  });
  await once(child, "spawn");
  const closed = once(child, "close");
  // A process that has gone is noticed where its answer is missed.
  child.stdin.on("error", () => undefined);
  const answers = new Answers(child.stdout[Symbol.asyncIterator](), folder);
  try {
    return await use(async (hash) => {
      child.stdin.write(`${hash}\n`);
      const [, type, length] = (await answers.line()).split(" ");
      if (type === "missing" || length === undefined) return undefined;
      const size = Number(length);
      const content = await answers.bytes(size + 1, size <= limit);
      return content ? content.subarray(0, size) : { size };
    });
  } finally {
    child.stdin.end();
    child.stdout.destroy();
    await closed;
  }
}

/** What a process prints, taken by lines and by numbers of bytes. */
class Answers {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #folder: string;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterator<Buffer>, folder: string) {
    this.#chunks = chunks;
    this.#folder = folder;
  }

  async line(): Promise<string> {
    let end = this.#rest.indexOf("\n");
    while (end < 0) {
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
      end = this.#rest.indexOf("\n");
    }
    const line = this.#rest.toString("utf8", 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  /** The next `count` bytes; passed over, and `undefined`, where they are not to be kept. */
  async bytes(count: number, keep: boolean): Promise<Buffer | undefined> {
    const kept: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      const chunk = this.#rest.length > 0 ? this.#rest : await this.#next();
      const taken = chunk.subarray(0, missing);
      this.#rest = chunk.subarray(taken.length);
      missing -= taken.length;
      if (keep) kept.push(taken);
    }
    return keep ? Buffer.concat(kept) : undefined;
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#chunks.next();
    if (done) throw new UserError("git-failed", `git cat-file ended early in ${this.#folder}`);
    return value;
  }
}
