import { globSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "@promptops/core";
import { type BatchJob, isBatchJob } from "../job.ts";

export interface FoundJob {
  /** Relative to the project. */
  readonly file: string;
  readonly job: BatchJob;
}

const IGNORED = ["**/node_modules", "**/dist", "**/.promptops", "**/.git"];

/**
 * The jobs of a project: the default exports of its files `*.job.ts`, `*.job.js` and `*.job.mjs`, by name. The files are loaded.
 *
 * @throws UserError `malformed-job` when a file cannot be loaded or exports no job, or two jobs have one name.
 */
export async function findJobs(root: string): Promise<readonly FoundJob[]> {
  const files = globSync("**/*.job.{ts,js,mjs}", { cwd: root, exclude: IGNORED }).toSorted();
  const found: FoundJob[] = [];
  for (const file of files) found.push({ file, job: await loadJob(join(root, file), file) });
  const sorted = found.toSorted((a, b) => (a.job.name < b.job.name ? -1 : 1));
  for (const [at, { file, job }] of sorted.entries()) {
    const before = sorted[at - 1];
    if (before?.job.name !== job.name) continue;
    throw new UserError("malformed-job", `${before.file} and ${file} both have a job "${job.name}"`);
  }
  return sorted;
}

/**
 * One job, by its name or by its file.
 *
 * @throws UserError `unknown-job`, and as {@link findJobs}.
 */
export async function findJob(root: string, nameOrFile: string): Promise<BatchJob> {
  if (/\.job\.(ts|js|mjs)$/.test(nameOrFile) && statSync(nameOrFile, { throwIfNoEntry: false })?.isFile()) {
    return loadJob(resolve(nameOrFile), relative(process.cwd(), nameOrFile));
  }
  const jobs = await findJobs(root);
  const found = jobs.find(({ job }) => job.name === nameOrFile);
  if (found !== undefined) return found.job;
  const names = jobs.map(({ job }) => job.name);
  throw new UserError("unknown-job", `there is no job "${nameOrFile}"`, {
    hint:
      names.length === 0
        ? "Write one: a file such as jobs/label.job.ts, whose default export is made by defineBatchJob."
        : `There is ${names.join(", ")}.`,
    facts: { jobs: names },
  });
}

async function loadJob(path: string, name: string): Promise<BatchJob> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (error) {
    const { message } = error as Error;
    throw new UserError("malformed-job", `${name} cannot be loaded: ${message}`, { cause: error });
  }
  if (isBatchJob(module.default)) return module.default;
  throw new UserError("malformed-job", `${name} has no job for its default export`, {
    hint: "export default defineBatchJob({ … })",
    facts: { file: name },
  });
}
