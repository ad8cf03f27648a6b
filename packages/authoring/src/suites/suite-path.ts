import type { Problem } from "../diagnostics/diagnostics.ts";
import type { FileKind } from "../prompts/prompt-path.ts";

/** The folder, below the root, that holds the suites. */
export const SUITES_FOLDER = "evals";

const RECORDINGS = `${SUITES_FOLDER}/recordings`;

/** What a file below `evals/` is, going by its name. Recordings of answers, hidden files and documentation are ignored. */
export function suiteKindOf(file: string): FileKind {
  if (file === RECORDINGS || /\/\./.test(file) || /\.md$/i.test(file)) return "ignored";
  return /\.ya?ml$/i.test(file) ? "wanted" : "stray";
}

/** What is wrong with the path of a suite file, if anything is. */
export function suitePathProblem(file: string): Problem | undefined {
  const expected = `${SUITES_FOLDER}/<domain>/<name>.yaml`;
  const [, first = "", ...rest] = file.split("/");
  if (rest.length === 0) {
    return {
      code: "file-name",
      problem: "the file is in no domain's folder",
      expected,
      hint: `Move it to ${SUITES_FOLDER}/<domain>/${first}.`,
    };
  }
  if (file.endsWith(".yaml")) return undefined;
  return {
    code: "file-name",
    problem: `the file's name ends in ${file.slice(file.lastIndexOf("."))}`,
    expected,
    hint: `Rename it to ${file.replace(/\.ya?ml$/i, ".yaml")}.`,
  };
}
