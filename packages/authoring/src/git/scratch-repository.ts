import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A git repository for one test, in a folder of its own. */
export class ScratchRepository {
  readonly root: string;
  #clock = Date.UTC(2026, 0, 1) / 1000;

  private constructor(root: string) {
    this.root = root;
  }

  /** An empty repository on the branch `main`, whose user is Ana. */
  static async make(): Promise<ScratchRepository> {
    const repository = new ScratchRepository(await scratchFolder());
    await repository.git("init", "--quiet", "--initial-branch=main");
    await repository.git("config", "user.name", "Ana Ö");
    await repository.git("config", "user.email", "ana@example.com");
    return repository;
  }

  async git(...args: string[]): Promise<string> {
    const time = `${this.#clock} +0200`;
    const { stdout } = await run("git", ["-C", this.root, ...args], {
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_DATE: time,
        GIT_COMMITTER_DATE: time,
      },
    });
    return stdout.trim();
  }

  async write(file: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.root, file)), { recursive: true });
    await writeFile(join(this.root, file), content);
  }

  /** Writes files, commits everything a minute after the commit before, and returns the new commit's hash. */
  async commit(files: Readonly<Record<string, string>> = {}, ...options: string[]): Promise<string> {
    for (const [file, content] of Object.entries(files)) await this.write(file, content);
    this.#clock += 60;
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--allow-empty", "--message=change", ...options);
    return this.git("rev-parse", "HEAD");
  }

  /** Merges a branch into the one checked out, whatever has happened since, and returns the merge's hash. */
  async merge(branch: string, ...options: string[]): Promise<string> {
    this.#clock += 60;
    await this.git("merge", "--quiet", "--no-ff", "--no-edit", ...options, branch);
    return this.git("rev-parse", "HEAD");
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** A new folder outside any repository. */
export async function scratchFolder(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), "promptops-git-")));
}

/** A prompt file's text. */
export function promptText(id: string, version: number, template: string, ...lines: string[]): string {
  return [
    `id: ${id}`,
    `version: ${version}`,
    "owner: team",
    "model: m",
    "tags: []",
    `template: ${template}`,
    ...lines,
    "",
  ].join("\n");
}
