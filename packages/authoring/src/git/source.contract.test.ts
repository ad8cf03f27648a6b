import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { gitUser } from "./git.ts";
import { readRepository } from "./repository.ts";
import { promptText, ScratchRepository, scratchFolder } from "./scratch-repository.ts";
import { readSources } from "./source.ts";

const FILE = "prompts/a/b.yaml";
const NO_CI = {};

let repository: ScratchRepository;
beforeEach(async () => {
  repository = await ScratchRepository.make();
});
afterEach(async () => {
  await repository.remove();
});

async function sourceOf(file: string, env: Record<string, string> = NO_CI, root = repository.root) {
  return (await readSources(root, [file], env)).get(file);
}

describe("readSources", () => {
  it("gives the last commit that touched a file, not HEAD", async () => {
    await repository.commit({ [FILE]: "1" });
    const second = await repository.commit({ [FILE]: "2" });
    await repository.commit({ "other.txt": "x", "prompts/a/c.yaml": "1" });
    expect(await sourceOf(FILE)).toEqual({
      branch: "main",
      commit: second,
      author: "Ana Ö <ana@example.com>",
      committedAt: "2026-01-01T00:02:00.000Z",
      path: FILE,
    });
  });

  it("gives no commit for a file that was changed, staged, added or ignored since", async () => {
    await repository.commit({ [FILE]: "1", "prompts/a/staged.yaml": "1", ".gitignore": "ignored.yaml\n" });
    await repository.write(FILE, "2");
    await repository.write("prompts/a/staged.yaml", "2");
    await repository.git("add", "prompts/a/staged.yaml");
    await repository.write("prompts/a/new.yaml", "1");
    await repository.write("prompts/a/ignored.yaml", "1");
    const files = [FILE, "prompts/a/staged.yaml", "prompts/a/new.yaml", "prompts/a/ignored.yaml"];
    const sources = await readSources(repository.root, files, NO_CI);
    expect([...sources]).toEqual(files.map((file) => [file, { branch: "main", path: file }]));
  });

  it("gives the commit that made the content, when a merge chose between two", async () => {
    await repository.commit({ [FILE]: "0" });
    await repository.git("checkout", "--quiet", "-b", "side");
    await repository.commit({ [FILE]: "theirs" });
    await repository.git("checkout", "--quiet", "main");
    const ours = await repository.commit({ [FILE]: "ours" });
    await repository.git("checkout", "--quiet", "side");
    await repository.commit({ [FILE]: "theirs, later" });
    await repository.git("checkout", "--quiet", "main");
    await repository.merge("side", "--strategy=ours");
    expect((await sourceOf(FILE))?.commit).toBe(ours);
  });

  it("gives the merge, when it made content that neither side had", async () => {
    await repository.commit({ [FILE]: "0" });
    await repository.git("checkout", "--quiet", "-b", "side");
    await repository.commit({ "prompts/a/c.yaml": "1" });
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ "prompts/a/d.yaml": "1" });
    await repository.merge("side");
    await repository.write(FILE, "made while merging");
    await repository.git("add", "--all");
    await repository.git("commit", "--quiet", "--amend", "--no-edit");
    expect((await sourceOf(FILE))?.commit).toBe(await repository.git("rev-parse", "HEAD"));
  });

  it("gives the later commit, when content came back", async () => {
    await repository.commit({ [FILE]: "1" });
    await repository.commit({ [FILE]: "2" });
    const back = await repository.commit({ [FILE]: "1" });
    expect((await sourceOf(FILE))?.commit).toBe(back);
  });

  it("takes a Windows checkout for unchanged", async () => {
    await repository.commit({ [FILE]: "a\nb\n" });
    await repository.git("config", "core.autocrlf", "true");
    await rm(join(repository.root, FILE));
    await repository.git("checkout", "--quiet", "--", FILE);
    expect((await sourceOf(FILE))?.commit).toBeDefined();
  });

  it("names paths from the repository's root, in folders of any name", async () => {
    const folder = "équipe 日本/sub\tfolder";
    const commit = await repository.commit({ [`${folder}/${FILE}`]: "1", "prompts/a/b.yaml": "another" });
    expect(await sourceOf(FILE, NO_CI, join(repository.root, folder))).toMatchObject({
      commit,
      path: `${folder}/${FILE}`,
    });
  });

  it("names the repository and the branch by CI's settings first, then by git", async () => {
    await repository.commit({ [FILE]: "1" });
    await repository.git("remote", "add", "origin", "https://user:secret@github.com/acme/prompts.git");
    expect(await sourceOf(FILE)).toMatchObject({ repo: "acme/prompts", branch: "main" });
    expect(
      await sourceOf(FILE, {
        GITHUB_REPOSITORY: "fork/prompts",
        GITHUB_REF_NAME: "12/merge",
        GITHUB_HEAD_REF: "topic",
      }),
    ).toMatchObject({ repo: "fork/prompts", branch: "topic" });
    expect(await sourceOf(FILE, { GITHUB_REF_NAME: "release", GITHUB_HEAD_REF: "" })).toMatchObject({
      branch: "release",
    });
    expect(await sourceOf(FILE, { GITHUB_REF_NAME: "v1", GITHUB_REF_TYPE: "tag" })).toMatchObject({
      branch: "main",
    });
    expect(await sourceOf(FILE, { CI_JOB_URL: "https://ci/1" })).toMatchObject({ runUrl: "https://ci/1" });
  });

  it("works on a detached HEAD", async () => {
    const commit = await repository.commit({ [FILE]: "1" });
    await repository.git("checkout", "--quiet", "--detach");
    const source = await sourceOf(FILE);
    expect(source).toMatchObject({ commit });
    expect(source).not.toHaveProperty("branch");
  });

  it("works before the first commit", async () => {
    await repository.write(FILE, "1");
    expect(await sourceOf(FILE)).toEqual({ branch: "main", path: FILE });
  });

  it("works in a shallow clone, where the oldest commit there stands for all before", async () => {
    await repository.commit({ [FILE]: "1" });
    const head = await repository.commit({ "other.txt": "1" });
    const clone = await scratchFolder();
    try {
      await repository.git("clone", "--quiet", "--depth=1", pathToFileURL(repository.root).href, clone);
      expect(await sourceOf(FILE, NO_CI, clone)).toMatchObject({ commit: head, path: FILE });
    } finally {
      await rm(clone, { recursive: true });
    }
  });

  it("knows nothing outside git, but the run", async () => {
    const folder = await scratchFolder();
    try {
      expect(await sourceOf(FILE, NO_CI, folder)).toEqual({});
      expect(await sourceOf(FILE, { BUILD_URL: "https://ci/1" }, folder)).toEqual({ runUrl: "https://ci/1" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is not led astray by a git hook's environment", async () => {
    const commit = await repository.commit({ [FILE]: "1" });
    vi.stubEnv("GIT_DIR", "/nowhere");
    try {
      expect((await sourceOf(FILE))?.commit).toBe(commit);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("does not take a repository that git refuses for none", async () => {
    await repository.commit({ [FILE]: "1" });
    vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    try {
      await expect(sourceOf(FILE)).rejects.toMatchObject({ code: "git-refused", blame: "user" });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("knows each of many files", async () => {
    const files = Array.from({ length: 1000 }, (_, at) => `prompts/a/f${at}.yaml`);
    const first = await repository.commit(
      Object.fromEntries(files.map((file) => [file, promptText("a.a", 1, file)])),
    );
    const changed = files.filter((_, at) => at % 2 === 0);
    const second = await repository.commit(Object.fromEntries(changed.map((file) => [file, "changed"])));
    const sources = await readSources(repository.root, files, NO_CI);
    expect(files.map((file) => sources.get(file)?.commit)).toEqual(
      files.map((_, at) => (at % 2 === 0 ? second : first)),
    );
  });
});

describe("readRepository", () => {
  it("names repository and branch, and neither outside git", async () => {
    await repository.git("remote", "add", "origin", "git@github.com:acme/prompts.git");
    expect(await readRepository(repository.root, NO_CI)).toEqual({ repo: "acme/prompts", branch: "main" });
    const folder = await scratchFolder();
    try {
      expect(await readRepository(folder, { GITHUB_REPOSITORY: "acme/prompts" })).toEqual({});
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("gitUser", () => {
  it("is the name and address of git's settings", async () => {
    expect(await gitUser(repository.root)).toBe("Ana Ö <ana@example.com>");
  });

  it("is nobody where either is empty", async () => {
    await repository.git("config", "user.email", "");
    expect(await gitUser(repository.root)).toBeUndefined();
  });

  it("needs no repository", async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, "settings"), "[user]\n\tname = Ben\n\temail = ben@example.com\n");
    vi.stubEnv("GIT_CONFIG_GLOBAL", join(folder, "settings"));
    try {
      expect(await gitUser(folder)).toBe("Ben <ben@example.com>");
    } finally {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true });
    }
  });
});
