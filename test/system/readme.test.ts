import { execFile } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REPOSITORY } from "./project.ts";

/** Run whole by `.ci/run` on a clean checkout, and by the test of the demo. */
const RUN_ELSEWHERE = ["npm ci && npm run demo", "npm ci && npm test"];

const readme = readFileSync(join(REPOSITORY, "README.md"), "utf8");
const pages = [
  readme,
  ...globSync("docs/*.md", { cwd: REPOSITORY }).map((page) => readFileSync(join(REPOSITORY, page), "utf8")),
];

describe("the commands of the README and of docs/ work as written, one after the other", () => {
  const clone = mkdtempSync(join(tmpdir(), "promptops-readme-"));
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(
      "git",
      ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
      {
        cwd: REPOSITORY,
      },
    );
    for (const file of stdout.split("\0").filter(Boolean)) {
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      cpSync(join(REPOSITORY, file), join(clone, file));
    }
    symlinkSync(join(REPOSITORY, "node_modules"), join(clone, "node_modules"));
  });
  afterAll(() => rmSync(clone, { recursive: true }));

  const here = new Set(commands("sh").filter((line) => !RUN_ELSEWHERE.includes(line)));
  for (const command of here) {
    test(command, async () => {
      await promisify(execFile)("bash", ["-c", command], { cwd: clone });
    });
  }
});

test("the README's programs compile", async () => {
  const folder = join(REPOSITORY, ".promptops", "readme");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const programs = blocks("ts");
  expect(programs).not.toHaveLength(0);
  for (const [at, program] of programs.entries()) writeFileSync(join(folder, `program-${at}.ts`), program);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }),
  );
  await promisify(execFile)("npx", ["tsc", "--project", folder], { cwd: REPOSITORY });
});

test("the README names every command of the command line, and no other", async () => {
  const { stdout } = await promisify(execFile)("npx", ["promptops", "--help"], { cwd: REPOSITORY });
  const offered = [...stdout.matchAll(/^ {2}([a-z]+) .*/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== "help");
  const rows = readme.split("\n").filter((line) => /^\| `[a-z]/.test(line));
  const named = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([a-z]+)/g)].map(([, name]) => name),
  );
  expect(named.toSorted()).toEqual(offered.toSorted());
});

function blocks(language: string): readonly string[] {
  const block = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms");
  return pages.flatMap((page) => [...page.matchAll(block)].map(([, text]) => text ?? ""));
}

function commands(language: string): readonly string[] {
  return blocks(language).flatMap((text) => text.split("\n").filter(Boolean));
}
