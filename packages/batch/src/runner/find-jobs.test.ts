import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findJob, findJobs } from "./find-jobs.ts";

const INDEX = JSON.stringify(fileURLToPath(new URL("../index.ts", import.meta.url)));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "promptops-jobs-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const job = (name: string) => `import { defineBatchJob } from ${INDEX};
const schema = { safeParse: (data) => ({ success: true, data }) };
export default defineBatchJob({ name: "${name}", prompt: "a.b", input: schema, output: schema, process: () => ({}) });
`;

describe("findJobs", () => {
  it("finds those of the project by name, and leaves others' alone", async () => {
    write("jobs/b.job.mjs", job("second"));
    write("a.job.ts", job("first"));
    for (const folder of ["node_modules/x", "dist", ".promptops/demo"])
      write(`${folder}/c.job.mjs`, job("third"));
    const found = await findJobs(root);
    expect(found.map(({ file, job: { name } }) => [name, file])).toEqual([
      ["first", "a.job.ts"],
      ["second", "jobs/b.job.mjs"],
    ]);
  });

  it.each([
    ["two jobs of one name", { "a.job.mjs": job("one"), "b.job.mjs": job("one") }, "both have a job"],
    ["a file without a job", { "a.job.mjs": "export default { name: 'a' };" }, "has no job"],
    ["a file that cannot be loaded", { "a.job.mjs": "throw new Error('broken');" }, "broken"],
  ])("refuses %s", async (_, files, words) => {
    for (const [path, text] of Object.entries(files)) write(path, text);
    await expect(findJobs(root)).rejects.toMatchObject({
      code: "malformed-job",
      message: expect.stringContaining(words),
    });
  });
});

describe("findJob", () => {
  it("takes a name, and a file wherever it is", async () => {
    write("jobs/b.job.mjs", job("second"));
    expect(await findJob(root, "second")).toMatchObject({ name: "second" });
    expect(await findJob("/nowhere", join(root, "jobs/b.job.mjs"))).toMatchObject({ name: "second" });
  });

  it("names the jobs that there are", async () => {
    write("jobs/b.job.mjs", job("second"));
    await expect(findJob(root, "third")).rejects.toMatchObject({
      code: "unknown-job",
      hint: "There is second.",
    });
  });
});
