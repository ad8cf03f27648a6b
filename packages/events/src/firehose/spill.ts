import { batchLength, type EventRecord } from "./records.ts";
import { SpillFolder } from "./spill-folder.ts";
import type { SpillPlace } from "./spill-place.ts";
import type { SpillBucket, SpilledFile } from "./spilled-file.ts";

/** What a process has spilled, and has found that others had: files in a folder, and in a bucket if there is one. */
export class Spill {
  readonly #folder: SpillFolder;
  readonly #bucket: (() => Promise<SpillBucket>) | undefined;
  readonly #files: SpilledFile[] = [];
  #moving: Promise<void> = Promise.resolve();

  constructor({ folder, openBucket }: SpillPlace) {
    this.#folder = new SpillFolder(folder);
    let bucket: Promise<SpillBucket> | undefined;
    this.#bucket = openBucket && (() => (bucket ??= openBucket()));
  }

  /** How many lines are in it. */
  get lines(): number {
    return this.#files.reduce((sum, { lines }) => sum + lines, 0);
  }

  /** Finds what processes that are gone have left. @throws what the file system or S3 throws. */
  async recover(): Promise<void> {
    this.#files.push(...this.#folder.adopt());
    if (this.#bucket !== undefined) this.#files.push(...(await (await this.#bucket()).files()));
  }

  /** Writes records to the disk before it returns. @returns those that could not be written, and why. */
  save(records: readonly EventRecord[]): {
    readonly left: readonly EventRecord[];
    readonly problem?: unknown;
  } {
    let left = records;
    try {
      while (left.length > 0) {
        const count = batchLength(left);
        this.#files.push(this.#folder.save(left.slice(0, count)));
        left = left.slice(count);
      }
      return { left };
    } catch (problem) {
      return { left, problem };
    }
  }

  /** Takes out the file that was there first. */
  take(): SpilledFile | undefined {
    return this.#files.shift();
  }

  putBack(file: SpilledFile): void {
    this.#files.push(file);
  }

  /** Moves files into the bucket, if there is one: the disk may go away with the container. @throws what S3 throws. */
  move(): Promise<void> {
    this.#moving = this.#moving.catch(() => {}).then(() => this.#moveAll());
    return this.#moving;
  }

  /** Leaves everything to whoever comes next. @throws what S3 throws. */
  async leave(): Promise<void> {
    this.#folder.release();
    await this.move();
  }

  async #moveAll(): Promise<void> {
    if (this.#bucket === undefined) return;
    for (;;) {
      const at = this.#files.findIndex(({ inBucket }) => !inBucket);
      const [file] = at < 0 ? [] : this.#files.splice(at, 1);
      if (file === undefined) return;
      try {
        const content = await file.read();
        if (content === undefined) continue;
        this.#files.push(await (await this.#bucket()).put(file.name, content));
      } catch (error) {
        this.#files.push(file);
        throw error;
      }
      await file.remove();
    }
  }
}
