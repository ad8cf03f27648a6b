import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPrompts } from "./load.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "promptops-load-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function put(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content);
}

function prompt(id: string, extra = ""): string {
  return `id: ${id}\nversion: 1\nowner: team\nmodel: m\ntags: []\ntemplate: Hello.\n${extra}`;
}

async function load(...paths: string[]) {
  const { prompts, diagnostics } = await loadPrompts(root, paths);
  return {
    files: prompts.map(({ file }) => file),
    problems: diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`),
  };
}

describe("loadPrompts", () => {
  it("loads files in folders of any depth, in order, with their dates", async () => {
    await put("prompts/b/one.yaml", prompt("b.one", "created: 2026-01-02\n"));
    await put("prompts/a/deep/down/two_words.yaml", prompt("a.deep.down.two-words"));
    const { prompts, diagnostics } = await loadPrompts(root);
    expect(diagnostics).toEqual([]);
    expect(prompts.map(({ file, definition, dates }) => [file, definition.id, dates])).toEqual([
      ["prompts/a/deep/down/two_words.yaml", "a.deep.down.two-words", {}],
      ["prompts/b/one.yaml", "b.one", { created: "2026-01-02" }],
    ]);
  });

  it("passes over hidden files, documentation, models and settings, and names every other file", async () => {
    await put("prompts/models.yaml", "m: {provider: openai, id: m}\n");
    await put("prompts/settings.yaml", "channels: {}\n");
    await put("prompts/README.md", "# Prompts\n");
    await put("prompts/a/.DS_Store", "\0");
    await put("prompts/a/b.yaml", prompt("a.b"));
    await put("prompts/a/b.yaml.orig", prompt("a.b"));
    await put("prompts/a/c.yml", "id: a.c\n");
    await put("prompts/a/D-e.yaml", prompt("a.d-e"));
    await put("prompts/f.yaml", prompt("f.f"));
    const { files, problems } = await load();
    expect(files).toEqual(["prompts/a/b.yaml"]);
    expect(problems.filter((each) => !each.includes("missing-field"))).toEqual([
      "prompts/a/D-e.yaml:1:1 file-name",
      "prompts/a/b.yaml.orig:1:1 stray-file",
      "prompts/a/c.yml:1:1 file-name",
      "prompts/a/c.yml:1:1 template-or-messages",
      "prompts/f.yaml:1:1 file-name",
    ]);
  });

  it("tells all problems of all files, by place, and loads the files that are right", async () => {
    await put("prompts/a/right.yaml", prompt("a.right"));
    await put("prompts/a/wrong.yaml", prompt("a.wrong", "metrics: {drift: -1}\nownr: x\n"));
    await put("prompts/a/also_wrong.yaml", "- x\n");
    await put("prompts/a/warned.yaml", prompt("a.warned", "metrics: {cost_per_cal_usd: 1}\n"));
    const { files, problems } = await load();
    expect(files).toEqual(["prompts/a/right.yaml", "prompts/a/warned.yaml"]);
    expect(problems).toEqual([
      "prompts/a/also_wrong.yaml:1:1 not-a-mapping",
      "prompts/a/warned.yaml:7:11 metric-name",
      "prompts/a/wrong.yaml:7:18 invalid-value",
      "prompts/a/wrong.yaml:8:1 unknown-field",
    ]);
  });

  it("names the other file of a duplicate id, whichever way round", async () => {
    await put("prompts/a/b.yaml", prompt("a.b"));
    await put("prompts/a/copy.yaml", prompt("a.b"));
    await put("prompts/a/one.yaml", prompt("x.y"));
    await put("prompts/a/two.yaml", prompt("x.y"));
    await put("prompts/a/alone.yaml", prompt("z.z"));
    const { prompts, diagnostics } = await loadPrompts(root);
    expect(prompts.map(({ file }) => file)).toEqual(["prompts/a/b.yaml"]);
    expect(diagnostics.map(({ file, code, problem }) => [file, code, problem])).toEqual([
      ["prompts/a/alone.yaml", "id-path", '"z.z" is not the id that this file\'s path stands for'],
      ["prompts/a/copy.yaml", "duplicate-id", '"a.b" is also the id of prompts/a/b.yaml'],
      ["prompts/a/one.yaml", "duplicate-id", '"x.y" is also the id of prompts/a/two.yaml'],
      ["prompts/a/two.yaml", "duplicate-id", '"x.y" is also the id of prompts/a/one.yaml'],
    ]);
  });

  it("refuses a file over 32 MiB without parsing it, and takes one of 32 MiB", async () => {
    const start = prompt("a.large", "# ");
    await put("prompts/a/large.yaml", start.padEnd(33_554_432, "x"));
    await put("prompts/a/larger.yaml", start.padEnd(33_554_433, "x"));
    const { prompts, diagnostics } = await loadPrompts(root);
    expect(prompts.map(({ file }) => file)).toEqual(["prompts/a/large.yaml"]);
    expect(diagnostics).toMatchObject([
      {
        file: "prompts/a/larger.yaml",
        line: 1,
        code: "too-large",
        problem: "the file has 33554433 bytes",
        expected: "at most 33554432 (32 MiB)",
      },
    ]);
  });

  it("follows no symbolic link, out of the root or within it", async () => {
    await put("elsewhere/secret.yaml", prompt("a.secret"));
    await put("prompts/a/b.yaml", prompt("a.b"));
    await symlink("/etc", join(root, "prompts/a/etc"));
    await symlink("../../elsewhere/secret.yaml", join(root, "prompts/a/secret.yaml"));
    await symlink("..", join(root, "prompts/a/loop"));
    const { files, problems } = await load();
    expect(files).toEqual(["prompts/a/b.yaml"]);
    expect(problems).toEqual([
      "prompts/a/etc:1:1 symbolic-link",
      "prompts/a/loop:1:1 symbolic-link",
      "prompts/a/secret.yaml:1:1 symbolic-link",
    ]);
    await expect(load("prompts/a/etc/hostname")).rejects.toMatchObject({ code: "no-prompts" });
  });

  it.skipIf(process.getuid?.() === 0)("says which file cannot be read, and loads the rest", async () => {
    await put("prompts/a/b.yaml", prompt("a.b"));
    await put("prompts/a/shut.yaml", prompt("a.shut"));
    await chmod(join(root, "prompts/a/shut.yaml"), 0);
    const { files, problems } = await load();
    expect(files).toEqual(["prompts/a/b.yaml"]);
    expect(problems).toEqual(["prompts/a/shut.yaml:1:1 unreadable"]);
  });

  it("loads an empty folder as nothing", async () => {
    await mkdir(join(root, "prompts"));
    expect(await load()).toEqual({ files: [], problems: [] });
  });

  describe("with paths", () => {
    beforeEach(async () => {
      await put("prompts/a/one.yaml", prompt("a.one"));
      await put("prompts/a/two.yaml", prompt("a.two"));
      await put("prompts/b/three.yaml", prompt("b.three"));
      await put("README.md", "");
    });

    it.each([
      [["prompts/a/one.yaml"], ["prompts/a/one.yaml"]],
      [["prompts/a/"], ["prompts/a/one.yaml", "prompts/a/two.yaml"]],
      [
        ["prompts/a/two.yaml", "prompts/a", "prompts/b/three.yaml"],
        ["prompts/a/one.yaml", "prompts/a/two.yaml", "prompts/b/three.yaml"],
      ],
      [["prompts"], ["prompts/a/one.yaml", "prompts/a/two.yaml", "prompts/b/three.yaml"]],
      [["./prompts/../prompts/b"], ["prompts/b/three.yaml"]],
    ])("reads %j", async (paths, files) => {
      expect((await load(...paths)).files).toEqual(files);
    });

    it("takes absolute paths, and the root itself for all", async () => {
      expect((await load(join(root, "prompts/b"))).files).toEqual(["prompts/b/three.yaml"]);
      expect((await load(root)).files).toHaveLength(3);
    });

    it.each([
      [["prompts/a/four.yaml"], "there is no prompts/a/four.yaml"],
      [["README.md"], "README.md is not in prompts/"],
      [["../"], "../ is not in prompts/"],
    ])("refuses %j", async (paths, message) => {
      await expect(load(...paths)).rejects.toMatchObject({ code: "no-prompts", message });
    });
  });

  it("refuses a root without a prompts folder, and one where it is a file or a link", async () => {
    await expect(load()).rejects.toMatchObject({ code: "no-prompts", blame: "user" });
    await writeFile(join(root, "prompts"), "");
    await expect(load()).rejects.toMatchObject({ code: "no-prompts" });
    await rm(join(root, "prompts"));
    await symlink("/etc", join(root, "prompts"));
    await expect(load()).rejects.toMatchObject({ code: "no-prompts" });
  });
});
