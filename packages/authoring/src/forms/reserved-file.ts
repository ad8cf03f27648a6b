import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aboutFile, type Diagnostic, type Problem } from "../diagnostics/diagnostics.ts";
import { decode, MEBIBYTE, tooLarge } from "../yaml/source-text.ts";
import { readYaml } from "../yaml/yaml-source.ts";
import { checkFields } from "./check-fields.ts";
import type { FileForm } from "./file-form.ts";

/** What a file says that a project has one of, if it has it. */
interface ReservedFile<T> {
  /** Absent where there is no such file, and where it has an error. */
  readonly fields?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads and checks such a file. Nothing that it holds makes it throw.
 *
 * @param file its path from the root.
 * @param holds what it should hold, for one that holds nothing.
 */
export function readReservedFile<T>(
  root: string,
  file: string,
  form: FileForm<T>,
  holds: string,
): ReservedFile<T> {
  const path = join(root, file);
  const about = (problem: Problem) => ({ diagnostics: [aboutFile(file, problem)] });
  let bytes: Buffer;
  try {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) return { diagnostics: [] };
    if (!entry.isFile()) {
      return about({
        code: entry.isSymbolicLink() ? "symbolic-link" : "unreadable",
        problem: `${form.called} must be a file, not a link or a folder`,
      });
    }
    if (entry.size > MEBIBYTE) return about(tooLarge(entry.size, MEBIBYTE));
    bytes = readFileSync(path);
  } catch (error) {
    return about({ code: "unreadable", problem: `it cannot be read: ${(error as Error).message}` });
  }
  const { report, readable } = decode(file, bytes);
  const source = readable ? readYaml(report, holds) : undefined;
  const fields = source && checkFields(report, source, form);
  const diagnostics = report.diagnostics();
  return fields === undefined || report.failed ? { diagnostics } : { fields, diagnostics };
}
