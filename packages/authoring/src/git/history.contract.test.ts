import { rm, symlink } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { contentHash, formatRef } from "@promptops/core/domain";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type History, history } from "./history.ts";
import { promptText, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

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

/** Each version as `ref template commit`. */
function versionsOf({ versions }: History): readonly string[] {
  return versions.map(
    ({ definition, source }) => `${formatRef(definition)} ${definition.template} ${source.commit}`,
  );
}

async function read(): Promise<History> {
  return history(repository.root, {});
}

describe("history", () => {
  it("gives every version, oldest first, with its own commit, author, date and path", async () => {
    await repository.git("remote", "add", "origin", "git@github.com:acme/prompts.git");
    const first = await repository.commit({ [FILE]: text(1, "one", "created: 2025-12-31") });
    await repository.git("config", "user.name", "Ben");
    await repository.git("config", "user.email", "ben@example.com");
    const second = await repository.commit({ [FILE]: text(2, "two", "parent: 1") });
    expect(await read()).toEqual({
      versions: [
        {
          definition: { id: "a.b", version: 1, owner: "team", model: "m", tags: [], template: "one" },
          created: "2025-12-31",
          source: {
            repo: "acme/prompts",
            branch: "main",
            commit: first,
            author: "Ana Ö <ana@example.com>",
            committedAt: "2026-01-01T00:01:00.000Z",
            path: FILE,
          },
        },
        {
          definition: {
            id: "a.b",
            version: 2,
            owner: "team",
            model: "m",
            tags: [],
            template: "two",
            parent: "a.b#1",
          },
          source: {
            repo: "acme/prompts",
            branch: "main",
            commit: second,
            author: "Ben <ben@example.com>",
            committedAt: "2026-01-01T00:02:00.000Z",
            path: FILE,
          },
        },
      ],
      rewritten: [],
      skipped: [],
      shallow: false,
    });
  });

  it("keeps the last content of a version that changed without a new number, and tells of the others", async () => {
    const draft = await repository.commit({ [FILE]: text(1, "draft") });
    await repository.commit({ [FILE]: `# a comment changes nothing\n${text(1, "draft")}` });
    const last = await repository.commit({ [FILE]: text(1, "last") });
    const second = await repository.commit({ [FILE]: text(2, "two") });
    const found = await read();
    expect(versionsOf(found)).toEqual([`a.b#1 last ${last}`, `a.b#2 two ${second}`]);
    const kept = found.versions[0]?.definition;
    expect(found.rewritten).toEqual([
      {
        id: "a.b",
        version: 1,
        kept: { commit: last, contentHash: kept && contentHash(kept) },
        dropped: [{ commit: draft, contentHash: kept && contentHash({ ...kept, template: "draft" }) }],
      },
    ]);
  });

  it("gives content that came back the commit that brought it back", async () => {
    await repository.commit({ [FILE]: text(1, "good") });
    await repository.commit({ [FILE]: text(1, "bad") });
    const back = await repository.commit({ [FILE]: text(1, "good") });
    expect(versionsOf(await read())).toEqual([`a.b#1 good ${back}`]);
  });

  it("gives content the commit that made it, not one that changed a comment or a date", async () => {
    const first = await repository.commit({ [FILE]: text(1, "one") });
    await repository.commit({ [FILE]: text(1, "one", "updated: 2026-02-02") });
    expect(versionsOf(await read())).toEqual([`a.b#1 one ${first}`]);
  });

  it("walks merged branches, and gives what was made there the commit that made it", async () => {
    const first = await repository.commit({ [FILE]: text(1, "one") });
    await repository.git("checkout", "--quiet", "-b", "side");
    const second = await repository.commit({ [FILE]: text(2, "two") });
    const third = await repository.commit({ [FILE]: text(3, "three") });
    await repository.git("checkout", "--quiet", "main");
    const other = await repository.commit({ "prompts/a/c.yaml": promptText("a.c", 1, "c") });
    await repository.merge("side");
    expect(new Set(versionsOf(await read()))).toEqual(
      new Set([`a.b#1 one ${first}`, `a.b#2 two ${second}`, `a.b#3 three ${third}`, `a.c#1 c ${other}`]),
    );
  });

  it.each([[["main", "side"]], [["side", "main"]]])(
    "keeps what a merge kept, not what came last (%j)",
    async (order) => {
      await repository.commit({ [FILE]: text(1, "one") });
      await repository.git("branch", "side");
      const commits = new Map<string, string>();
      for (const branch of order) {
        await repository.git("checkout", "--quiet", branch);
        commits.set(branch, await repository.commit({ [FILE]: text(2, `of ${branch}`) }));
      }
      await repository.git("checkout", "--quiet", "main");
      await repository.merge("side", "--strategy=ours");
      await repository.commit({ [FILE]: text(3, "three") });
      const found = await read();
      const [kept, dropped] = [commits.get("main"), commits.get("side")];
      expect(versionsOf(found)[1]).toBe(`a.b#2 of main ${kept}`);
      expect(found.rewritten).toMatchObject([
        { version: 2, kept: { commit: kept }, dropped: [{ commit: dropped }] },
      ]);
    },
  );

  it("gives the merge what was made while merging", async () => {
    await repository.commit({ [FILE]: text(1, "one") });
    await repository.git("checkout", "--quiet", "-b", "side");
    await repository.commit({ "x.txt": "1" });
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ "y.txt": "1" });
    await repository.merge("side");
    await repository.write(FILE, text(2, "made while merging"));
    await repository.git("add", "--all");
    await repository.git("commit", "--quiet", "--amend", "--no-edit");
    const merge = await repository.git("rev-parse", "HEAD");
    expect(versionsOf(await read())[1]).toBe(`a.b#2 made while merging ${merge}`);
  });

  it("goes by the id and the path of the time", async () => {
    const first = await repository.commit({ [FILE]: text(1, "one") });
    await repository.git("mv", "prompts/a", "prompts/moved");
    const moved = await repository.commit();
    const renamed = await repository.commit({
      "prompts/moved/b.yaml": promptText("moved.b", 2, "two", "parent: a.b#1"),
    });
    await repository.git("rm", "--quiet", "-r", "prompts");
    await repository.commit();
    const found = await read();
    expect(versionsOf(found)).toEqual([`a.b#1 one ${first}`, `moved.b#2 two ${renamed}`]);
    expect(found.versions.map(({ source }) => source.path)).toEqual([FILE, "prompts/moved/b.yaml"]);
    expect(
      found.skipped.map(({ commit, file, diagnostics }) => [commit, file, diagnostics[0]?.code]),
    ).toEqual([[moved, "prompts/moved/b.yaml", "id-path"]]);
  });

  it("skips what is no valid prompt, and says why", async () => {
    const commit = await repository.commit({
      [FILE]: "id: a.b\nversion: [\n",
      "prompts/a/c.yml": promptText("a.c", 1, "c"),
      "prompts/a/large.yaml": promptText("a.large", 1, "x", `# ${"x".repeat(33_600_000)}`),
      "prompts/a/notes.txt": "x",
      "prompts/a/README.md": "x",
      "prompts/models.yaml": "models: {}",
      "prompts/a/right.yaml": promptText("a.right", 1, "right"),
    });
    const found = await read();
    expect(versionsOf(found)).toEqual([`a.right#1 right ${commit}`]);
    expect(found.skipped.map((each) => `${each.file} ${each.diagnostics.map(({ code }) => code)}`)).toEqual([
      `${FILE} yaml-syntax`,
      "prompts/a/c.yml file-name",
      "prompts/a/large.yaml too-large",
    ]);
    expect(new Set(found.skipped.map((each) => each.commit))).toEqual(new Set([commit]));
  });

  it("lists a revision once, however many merges pass it on", async () => {
    await repository.commit({ "x.txt": "0" });
    await repository.git("checkout", "--quiet", "-b", "side");
    await repository.commit({ [FILE]: "broken" });
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ "x.txt": "1" });
    await repository.merge("side");
    expect((await read()).skipped).toHaveLength(1);
  });

  it("puts a parent before its fork in the same commit", async () => {
    await repository.commit({
      "prompts/a/fork.yaml": promptText("a.fork", 1, "fork", "parent: b.base#2"),
      "prompts/b/base.yaml": promptText("b.base", 2, "base"),
    });
    expect((await read()).versions.map(({ definition }) => formatRef(definition))).toEqual([
      "b.base#2",
      "a.fork#1",
    ]);
  });

  it("looks at commits alone, not at the working tree, and not at other folders or branches", async () => {
    const first = await repository.commit({ [FILE]: text(1, "one"), "evals/a/b.yaml": text(9, "x") });
    await repository.git("checkout", "--quiet", "-b", "unmerged");
    await repository.commit({ [FILE]: text(2, "two") });
    await repository.git("checkout", "--quiet", "main");
    await repository.write(FILE, text(3, "three"));
    expect(versionsOf(await read())).toEqual([`a.b#1 one ${first}`]);
  });

  it("works where prompts/ lies deeper in the repository", async () => {
    const commit = await repository.commit({
      [`équipe/${FILE}`]: text(1, "one"),
      [FILE]: text(7, "another"),
    });
    const found = await history(`${repository.root}/équipe`, { BUILD_URL: "https://ci/1" });
    expect(versionsOf(found)).toEqual([`a.b#1 one ${commit}`]);
    expect(found.versions[0]?.source).toMatchObject({ path: `équipe/${FILE}`, runUrl: "https://ci/1" });
  });

  it("reads files that were symbolic links as nothing", async () => {
    await repository.commit({ [FILE]: text(1, "one") });
    await rm(`${repository.root}/${FILE}`);
    await symlink("../../README.md", `${repository.root}/${FILE}`);
    await repository.commit();
    const found = await read();
    expect(found.versions).toHaveLength(1);
    expect(found.skipped).toEqual([]);
  });

  it("says of a shallow clone that it is one", async () => {
    await repository.commit({ [FILE]: text(1, "one") });
    const head = await repository.commit({ [FILE]: text(2, "two") });
    const clone = await scratchFolder();
    try {
      await repository.git("clone", "--quiet", "--depth=1", pathToFileURL(repository.root).href, clone);
      const found = await history(clone, {});
      expect(found.shallow).toBe(true);
      expect(versionsOf(found)).toEqual([`a.b#2 two ${head}`]);
    } finally {
      await rm(clone, { recursive: true });
    }
  });

  it("finds nothing before the first commit, and refuses a folder outside git", async () => {
    expect(await read()).toEqual({ versions: [], rewritten: [], skipped: [], shallow: false });
    const folder = await scratchFolder();
    try {
      await expect(history(folder, {})).rejects.toMatchObject({ code: "no-git", blame: "user" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
