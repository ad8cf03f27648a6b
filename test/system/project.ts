import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const CLI = join(REPOSITORY, "packages/cli/bin/promptops.js");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's project in a scratch folder, with its own git repository and its own embedded ledger. */
export class Project implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "promptops-"));

  /** The environment without what CI or the developer's shell would add to it. */
  readonly env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: this.folder,
    NO_COLOR: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
  };

  /** Makes the folder a git repository whose user is Ada. */
  async init(): Promise<void> {
    await this.git("init", "--quiet", "--initial-branch", "main");
    await this.git("config", "user.name", "Ada");
    await this.git("config", "user.email", "ada@example.com");
  }

  /** Installs this repository's packages, as `npm ci` would. */
  install(): void {
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Writes a file of the project. */
  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  remove(path: string): void {
    rmSync(join(this.folder, path));
  }

  async git(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run("git", args);
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  async commit(message: string): Promise<string> {
    const folders = ["prompts", "evals"].filter((folder) => existsSync(join(this.folder, folder)));
    await this.git("add", "--all", ...folders);
    await this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  promptops(...args: string[]): Promise<Ran> {
    return this.#run(process.execPath, [CLI, ...args]);
  }

  /** Runs a line as a CI runner does. */
  shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.#run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", line], env);
  }

  /** What a command prints with `--json`. */
  async json<T>(...args: string[]): Promise<T> {
    const { stdout, stderr } = await this.promptops(...args, "--json");
    if (stdout === "") throw new Error(`promptops ${args.join(" ")} printed nothing: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Starts a command and leaves it running; what it prints does not hold it up. */
  start(...args: string[]): ChildProcess {
    const options = { cwd: this.folder, env: this.env };
    const child = spawn(process.execPath, [CLI, ...args], { ...options, stdio: ["pipe", "pipe", "ignore"] });
    child.stdout.resume();
    return child;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: { ...this.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile(program, args, options, (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  }
}

/** A prompt file's text. */
export function promptFile(
  id: string,
  version: number,
  fields: Readonly<Record<string, string | number>> = {},
): string {
  const { template = "Be helpful.", ...others } = fields;
  const all = { id, version, owner: "team-a", model: "claude-sonnet-4-5", ...others };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join("\n")}\ntags: [test]\ntemplate: ${JSON.stringify(template)}\n`;
}
