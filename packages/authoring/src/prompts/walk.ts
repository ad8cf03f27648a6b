import type { Dirent, Stats } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { aboutFile, type Diagnostic, type Problem } from "../diagnostics/diagnostics.ts";
import type { FileKind } from "./prompt-path.ts";

/** What one folder of a project is for, by the names of its files. */
export interface FolderRules {
  /** What is read from it, such as "a prompt file". */
  readonly called: string;
  kindOf(path: string): FileKind;
  pathProblem(path: string): Problem | undefined;
}

/** Finds the files below a folder. Symbolic links are not followed. */
export class Walk {
  readonly files = new Set<string>();
  readonly diagnostics = new Map<string, Diagnostic>();
  readonly #root: string;
  readonly #rules: FolderRules;

  constructor(root: string, rules: FolderRules) {
    this.#root = root;
    this.#rules = rules;
  }

  /** Takes in a file or folder and all below it. A path is relative to the root, with forward slashes. */
  async visit(path: string, entry: Dirent | Stats): Promise<void> {
    const kind = this.#rules.kindOf(path);
    if (kind === "ignored") return;
    if (entry.isSymbolicLink()) {
      this.#about(path, {
        code: "symbolic-link",
        problem: "a symbolic link, which is not followed",
        expected: "files and folders themselves",
        hint: "Put the file here in place of the link.",
      });
    } else if (entry.isDirectory()) {
      await this.#visitFolder(path);
    } else if (kind === "stray" || !entry.isFile()) {
      this.#about(path, {
        code: "stray-file",
        severity: "warning",
        problem: `not ${this.#rules.called}, so nothing is read from it`,
        expected: "<name>.yaml, or <name>.md for documentation",
      });
    } else {
      this.files.add(path);
      const problem = this.#rules.pathProblem(path);
      if (problem) this.#about(path, problem);
    }
  }

  async #visitFolder(path: string): Promise<void> {
    try {
      for (const entry of await readdir(join(this.#root, path), { withFileTypes: true })) {
        await this.visit(`${path}/${entry.name}`, entry);
      }
    } catch (error) {
      this.#about(path, { code: "unreadable", problem: `it cannot be read: ${(error as Error).message}` });
    }
  }

  #about(path: string, problem: Problem): void {
    this.diagnostics.set(path, aboutFile(path, problem));
  }
}
