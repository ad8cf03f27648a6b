import { rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import { promptText, ScratchRepository, scratchFolder } from "../git/scratch-repository.ts";
import { loadPrompts } from "../prompts/load.ts";
import { checkAgainstBase } from "./check-against-base.ts";

const FILE = "prompts/a/b.yaml";
const text = (version: number, template: string, ...lines: string[]) =>
  promptText("a.b", version, template, ...lines);

let repository: ScratchRepository;
beforeEach(async () => {
  repository = await ScratchRepository.make();
});
afterEach(async () => {
  await repository.remove();
});

async function check(base = "main", root = repository.root): Promise<readonly Diagnostic[]> {
  const { prompts } = await loadPrompts(root);
  return checkAgainstBase(root, prompts, base);
}

/** Each problem as `file:line:column code`. */
async function found(base = "main"): Promise<readonly string[]> {
  return (await check(base)).map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
}

/** Versions 1 and 2 on main, and a branch of it checked out. */
async function branchOfTwoVersions(): Promise<void> {
  await repository.commit({ [FILE]: text(1, "one") });
  await repository.commit({ [FILE]: text(2, "two", "parent: 1") });
  await repository.git("switch", "--quiet", "--create", "change");
}

describe("a prompt that changed", () => {
  beforeEach(branchOfTwoVersions);

  it("needs a new version, and is told which", async () => {
    await repository.write(FILE, text(2, "new", "parent: 1"));
    expect(await check()).toMatchObject([
      {
        file: FILE,
        line: 2,
        column: 10,
        endColumn: 11,
        severity: "error",
        code: "version-not-raised",
        problem: "the content is not that of a.b#2 in main, and the version is the same",
        hint: "Write version: 3 and parent: 2.",
        excerpt: { text: "version: 2", column: 10 },
      },
    ]);
  });

  it("is judged alike when the change is committed, staged or neither", async () => {
    await repository.write(FILE, text(2, "new", "parent: 1"));
    const expected = [`${FILE}:2:10 version-not-raised`];
    expect(await found()).toEqual(expected);
    await repository.git("add", FILE);
    expect(await found()).toEqual(expected);
    await repository.commit();
    expect(await found()).toEqual(expected);
    expect(await found("HEAD")).toEqual([]);
  });

  it("needs no new version for comments, dates, order and layout", async () => {
    const lines = text(2, '"two"', "parent: a.b#1", "updated: 2026-02-03").trimEnd().split("\n");
    await repository.write(FILE, `# why\n${lines.toReversed().join("\n\n")}\n`);
    expect(await found()).toEqual([]);
  });

  it("is right with the next version and its parent, also by way of several commits", async () => {
    await repository.commit({ [FILE]: text(3, "draft", "parent: 2") });
    expect(await found()).toEqual([]);
    await repository.commit({ [FILE]: text(3, "three", "parent: 2") });
    expect(await found()).toEqual([]);
  });

  it("must name its parent", async () => {
    await repository.write(FILE, text(3, "three"));
    expect(await check()).toMatchObject([
      { line: 2, column: 10, code: "missing-parent", hint: "Write parent: 2." },
    ]);
  });

  it("may have another parent that exists, in history or among the files", async () => {
    await repository.write(FILE, text(3, "one again", "parent: 1"));
    expect(await found()).toEqual([]);
    await repository.write("prompts/a/other.yaml", promptText("a.other", 4, "other"));
    await repository.write(FILE, text(3, "merged", "parent: a.other#4"));
    expect(await found()).toEqual([]);
  });

  it("may not have a parent that exists nowhere but in this branch's own commits", async () => {
    await repository.write(FILE, text(5, "five", "parent: 4"));
    expect(await found()).toEqual([`${FILE}:7:9 unknown-parent`]);
    await repository.commit({ [FILE]: text(3, "three", "parent: 2") });
    await repository.commit({ [FILE]: text(4, "four", "parent: 3") });
    expect(await check()).toMatchObject([
      { code: "unknown-parent", hint: "Write parent: 2.", expected: expect.stringContaining("a.b#2") },
    ]);
  });

  it("may not go back to a lower version", async () => {
    await repository.write(FILE, text(1, "one"));
    expect(await check()).toMatchObject([
      { line: 2, code: "version-lowered", hint: expect.stringContaining("version: 3 and parent: 2") },
    ]);
  });

  it("may not take a version that the base has given meanwhile", async () => {
    await repository.commit({ [FILE]: text(3, "mine", "parent: 2") });
    await repository.git("switch", "--quiet", "main");
    await repository.commit({ [FILE]: text(3, "theirs", "parent: 2") });
    await repository.git("switch", "--quiet", "change");
    expect(await check()).toMatchObject([
      { line: 2, code: "version-reused", hint: "Write version: 4 and parent: 2." },
    ]);
  });

  it("is compared with where the branch left the base, not with what the base holds now", async () => {
    await repository.git("switch", "--quiet", "main");
    await repository.commit({ [FILE]: text(3, "theirs", "parent: 2") });
    await repository.git("switch", "--quiet", "change");
    expect(await found()).toEqual([]);
  });

  it("is passed over while it has errors of its own", async () => {
    await repository.write(FILE, "id: a.b\nversion: 2\n");
    expect(await found()).toEqual([]);
  });
});

describe("a prompt that is new", () => {
  beforeEach(branchOfTwoVersions);

  it("may be there, tracked by git or not", async () => {
    await repository.write("prompts/a/new.yaml", promptText("a.new", 1, "something else"));
    expect(await found()).toEqual([]);
    await repository.git("add", "--all");
    expect(await found()).toEqual([]);
  });

  it("may be a fork of a version that exists, and of no other", async () => {
    await repository.write("prompts/a/fork.yaml", promptText("a.fork", 1, "two", 'parent: "a.b#2"'));
    expect(await found()).toEqual([]);
    await repository.write("prompts/a/fork.yaml", promptText("a.fork", 1, "two", 'parent: "a.b#9"'));
    expect(await found()).toEqual(["prompts/a/fork.yaml:7:9 unknown-parent"]);
  });

  it("may have a parent whose file is not among those asked for", async () => {
    await repository.write("prompts/a/other.yaml", promptText("a.other", 1, "something else"));
    await repository.write("prompts/a/fork.yaml", promptText("a.fork", 1, "fork", 'parent: "a.other#1"'));
    const { prompts } = await loadPrompts(repository.root, ["prompts/a/fork.yaml"]);
    expect(await checkAgainstBase(repository.root, prompts, "main")).toEqual([]);
  });

  it("may not use a version number that it had, with other content, before it was removed", async () => {
    await repository.git("switch", "--quiet", "main");
    await repository.git("rm", "--quiet", FILE);
    await repository.commit();
    await repository.write(FILE, text(1, "quite different"));
    expect(await check("HEAD")).toMatchObject([
      { line: 2, code: "version-reused", hint: "Write version: 3 and parent: 2." },
    ]);
    await repository.write(FILE, text(2, "two", "parent: 1"));
    expect(await found("HEAD")).toEqual([]);
  });
});

describe("a file that is gone", () => {
  beforeEach(branchOfTwoVersions);

  it("retires its prompt, and that is said", async () => {
    await rm(`${repository.root}/${FILE}`);
    await repository.write("prompts/a/other.yaml", promptText("a.other", 1, "something else"));
    expect(await check()).toMatchObject([
      { file: FILE, line: 1, severity: "warning", code: "prompt-removed" },
    ]);
  });

  it("may not come back under another name and id, not even with a change", async () => {
    const lines = ["|", "  First line.", "  Second line.", "  Third line."];
    await repository.commit({ [FILE]: text(3, lines.join("\n"), "parent: 2") });
    await repository.git("mv", FILE, "prompts/a/renamed.yaml");
    const changed = [...lines.slice(0, 3), "  Another third line."];
    await repository.write("prompts/a/renamed.yaml", promptText("a.renamed", 1, changed.join("\n")));
    expect(await check("HEAD")).toMatchObject([
      {
        file: "prompts/a/renamed.yaml",
        line: 1,
        column: 5,
        severity: "error",
        code: "id-changed",
        hint: `Move it back to ${FILE} with id: a.b. For a fork write parent: a.b#3; a.b will then be retired.`,
      },
    ]);
  });

  it("may come back as a fork of itself", async () => {
    await repository.git("mv", FILE, "prompts/a/renamed.yaml");
    await repository.write("prompts/a/renamed.yaml", promptText("a.renamed", 1, "two", 'parent: "a.b#2"'));
    expect(await found()).toEqual([`${FILE}:1:1 prompt-removed`]);
  });
});

describe("included texts", () => {
  it("are compared by the version that is included", async () => {
    await repository.commit({
      "prompts/a/tone.yaml": promptText("a.tone", 1, "Be kind."),
      [FILE]: text(1, '"{{> a.tone#1}} Answer."'),
    });
    expect(await found("HEAD")).toEqual([]);
    await repository.write("prompts/a/tone.yaml", promptText("a.tone", 2, "Be curt.", "parent: 1"));
    expect(await found("HEAD")).toEqual([]);
    await repository.write(FILE, text(1, '"{{> a.tone#2}} Answer."'));
    expect(await found("HEAD")).toEqual([`${FILE}:2:10 version-not-raised`]);
  });
});

describe("the base", () => {
  it("may be a branch, a tag, a commit or an expression", async () => {
    const first = await repository.commit({ [FILE]: text(1, "one") });
    await repository.git("tag", "released");
    await repository.commit({ [FILE]: text(1, "other") });
    const expected = [`${FILE}:2:10 version-not-raised`];
    for (const base of ["released", first, "HEAD~1", first.slice(0, 8)]) {
      expect(await found(base)).toEqual(expected);
    }
  });

  it.each(["origin/main", "--all", "main:prompts", ""])("must be a commit, which %j is not", async (base) => {
    await repository.commit({ [FILE]: text(1, "one") });
    await expect(check(base)).rejects.toMatchObject({ code: "no-base", blame: "user" });
  });

  it("must have a commit in common with HEAD", async () => {
    await repository.commit({ [FILE]: text(1, "one") });
    await repository.git("switch", "--quiet", "--orphan", "other");
    await repository.commit({ [FILE]: text(1, "one") });
    await expect(check()).rejects.toMatchObject({ code: "no-base" });
  });

  it("is told to be fetched, and how", async () => {
    await repository.commit({ [FILE]: text(1, "one") });
    await expect(check("origin/main")).rejects.toMatchObject({
      hint: "Fetch it first: git fetch origin main",
    });
    await repository.commit({ [FILE]: text(2, "two", "parent: 1") });
    const clone = await scratchFolder();
    try {
      await repository.git("clone", "--quiet", "--depth=1", pathToFileURL(repository.root).href, clone);
      await expect(check("HEAD~1", clone)).rejects.toMatchObject({
        code: "no-base",
        hint: expect.stringContaining("shallow"),
      });
    } finally {
      await rm(clone, { recursive: true, force: true });
    }
  });

  it("is found from a root below the repository's", async () => {
    await repository.commit({ [`team/${FILE}`]: text(1, "one"), [FILE]: text(1, "one") });
    await repository.write(`team/${FILE}`, text(1, "other"));
    expect(await check("HEAD", `${repository.root}/team`)).toMatchObject([
      { file: FILE, code: "version-not-raised" },
    ]);
  });

  it("needs git", async () => {
    const folder = await scratchFolder();
    try {
      await expect(checkAgainstBase(folder, [], "main")).rejects.toMatchObject({ code: "no-git" });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
