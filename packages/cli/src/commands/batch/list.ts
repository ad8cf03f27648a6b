import { findJobs } from "@promptops/batch/runner";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { table } from "../../words/table.ts";

/** The jobs of this project. */
export async function listJobs(context: Context): Promise<Outcome> {
  const jobs = await findJobs(context.root());
  const rows = jobs.map(({ file, job: { name, promptIds } }) => ({ name, prompts: promptIds, file }));
  return {
    json: rows,
    text:
      rows.length === 0
        ? "There are no jobs: no file *.job.ts, *.job.js or *.job.mjs."
        : table(
            ["JOB", "PROMPTS", "FILE"],
            rows.map(({ name, prompts, file }) => [name, prompts.join(", "), file]),
          ),
  };
}
