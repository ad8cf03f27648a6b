import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSuites } from "./load-suites.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "promptops-suites-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content);
}

function suite(id: string, cases = "[{input: x, expected: y}]"): string {
  return `prompt_id: ${id}\ncases: ${cases}\n`;
}

async function load(...promptIds: string[]) {
  const { suites, diagnostics } = await loadSuites(root, promptIds);
  return {
    files: suites.map(({ file }) => file),
    problems: diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`),
  };
}

describe("loadSuites", () => {
  it("finds nothing where there is no folder", async () => {
    expect(await load()).toEqual({ files: [], problems: [] });
  });

  it("loads suites of any depth in order, and passes over recordings, hidden files and documentation", async () => {
    await put("evals/b/two.yaml", suite("b.two"));
    await put("evals/a/deep/one.yaml", suite("a.deep.one"));
    await put("evals/recordings/a/one.yaml", "a: recording\n");
    await put("evals/recordings/a.json", "{}");
    await put("evals/README.md", "# Suites\n");
    await put("evals/a/.DS_Store", "\0");
    expect(await load()).toEqual({
      files: ["evals/a/deep/one.yaml", "evals/b/two.yaml"],
      problems: [],
    });
  });

  it("names files that are no suites, and links", async () => {
    await put("evals/top.yaml", suite("a.top"));
    await put("evals/a/b.yml", suite("a.b"));
    await put("evals/a/cases.csv", "x,y\n");
    await symlink("/etc", join(root, "evals/a/etc"));
    expect(await load()).toEqual({
      files: [],
      problems: [
        "evals/a/b.yml:1:1 file-name",
        "evals/a/cases.csv:1:1 stray-file",
        "evals/a/etc:1:1 symbolic-link",
        "evals/top.yaml:1:1 file-name",
      ],
    });
  });

  it("refuses a second suite for a prompt, even where the first has an error", async () => {
    await put("evals/a/one.yaml", suite("a.one"));
    await put("evals/a/one_more.yaml", suite("a.one"));
    await put("evals/a/three.yaml", suite("a.two", "none"));
    await put("evals/a/two.yaml", suite("a.two"));
    expect(await load()).toEqual({
      files: ["evals/a/one.yaml"],
      problems: [
        "evals/a/one_more.yaml:1:12 duplicate-suite",
        "evals/a/three.yaml:2:8 wrong-type",
        "evals/a/two.yaml:1:12 duplicate-suite",
      ],
    });
  });

  it("loads the suites of some prompts, and tells of their problems and of files that name no prompt", async () => {
    await put("evals/a/one.yaml", suite("a.one"));
    await put("evals/a/two.yaml", suite("a.two", "none"));
    await put("evals/a/nobody.yaml", "cases: []\n");
    expect(await load("a.one")).toEqual({
      files: ["evals/a/one.yaml"],
      problems: ["evals/a/nobody.yaml:1:1 missing-field"],
    });
    expect((await load("a.two")).problems).toContain("evals/a/two.yaml:2:8 wrong-type");
  });

  it("takes a suite of 50,000 cases, and none over 5 MiB", async () => {
    const line = "  - {input: 'A question as customers ask it, in a sentence or two', expected: label}\n";
    await put("evals/a/large.yaml", `prompt_id: a.large\ncases:\n${line.repeat(50_000)}`);
    await put("evals/a/larger.yaml", `prompt_id: a.larger\ncases: []\n#${"x".repeat(5 * 1_048_576)}`);
    const { suites, diagnostics } = await loadSuites(root);
    expect(suites.map(({ suite }) => suite.cases.length)).toEqual([50_000]);
    expect(diagnostics.map(({ code, expected }) => [code, expected])).toEqual([
      ["too-large", "at most 5242880 (5 MiB)"],
    ]);
  });
});
