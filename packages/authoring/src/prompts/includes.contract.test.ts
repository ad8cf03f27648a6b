import { rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { contentHash, type PromptDefinition } from "@promptops/core/domain";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { history } from "../git/history.ts";
import { promptText, ScratchRepository, scratchFolder } from "../git/scratch-repository.ts";
import { loadPrompts } from "./load.ts";

const TONE = "prompts/shared/tone.yaml";
const REPLY = "prompts/a/reply.yaml";
const tone = (version: number, text: string) => promptText("shared.tone", version, text);
const reply = (version: number, text: string) => promptText("a.reply", version, `"${text}"`);

let repository: ScratchRepository;
beforeEach(async () => {
  repository = await ScratchRepository.make();
});
afterEach(async () => {
  await repository.remove();
});

async function load(find?: (ref: string) => Promise<PromptDefinition | undefined>, root = repository.root) {
  const { prompts, diagnostics } = await loadPrompts(root, [], find);
  return {
    texts: prompts.map(({ definition }) => definition.template),
    problems: diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`),
    hints: diagnostics.map(({ hint }) => hint),
  };
}

describe("loadPrompts", () => {
  it("takes a version from the file that holds it, committed or not, else from history", async () => {
    await repository.commit({ [TONE]: tone(1, "Old.") });
    await repository.write(TONE, tone(2, "New."));
    await repository.write(REPLY, reply(1, "{{> shared.tone#1}} {{> shared.tone#2}}"));
    const { texts, problems } = await load();
    expect(problems).toEqual([]);
    expect(texts).toEqual(["Old. New.", "New."]);
  });

  it("takes what a file includes when that file alone is asked for", async () => {
    await repository.write(TONE, tone(2, "New."));
    await repository.write(REPLY, reply(1, "{{> shared.tone#2}}"));
    const { prompts } = await loadPrompts(repository.root, [`${repository.root}/${REPLY}`]);
    expect(prompts.map(({ definition }) => definition.template)).toEqual(["New."]);
  });

  it("asks elsewhere last, and only for what neither has", async () => {
    await repository.commit({ [TONE]: tone(1, "Old.") });
    await repository.write(TONE, tone(3, "New."));
    await repository.write(REPLY, reply(1, "{{> shared.tone#1}} {{> shared.tone#2}} {{> shared.tone#3}}"));
    const asked: string[] = [];
    const { texts } = await load(async (ref) => {
      asked.push(ref);
      return { id: "shared.tone", version: 2, owner: "o", model: "m", tags: [], template: "Elsewhere." };
    });
    expect(texts[0]).toBe("Old. Elsewhere. New.");
    expect(asked).toEqual(["shared.tone#2"]);
  });

  it("says where a missing version is named, and what there is", async () => {
    await repository.commit({ [TONE]: tone(2, "Old.") });
    await repository.write(REPLY, reply(1, "{{> shared.tone#1}} {{> shard.tone#2}} {{> x.y#1}}"));
    const { problems, hints } = await load();
    expect(problems).toEqual([
      `${REPLY}:6:12 include-missing`,
      `${REPLY}:6:32 include-missing`,
      `${REPLY}:6:51 include-missing`,
    ]);
    expect(hints).toEqual([
      "prompts/shared/tone.yaml holds shared.tone#2.",
      "Did you mean shared.tone#2?",
      "Publish or commit it first, or write prompts/x/y.yaml.",
    ]);
  });

  it("says that a shallow clone may be why", async () => {
    await repository.commit({ [TONE]: tone(1, "Old.") });
    await repository.commit({ [TONE]: tone(2, "New."), [REPLY]: reply(1, "{{> shared.tone#1}}") });
    const clone = await scratchFolder();
    try {
      await repository.git("clone", "--quiet", "--depth=1", pathToFileURL(repository.root).href, clone);
      const { problems, hints } = await load(undefined, clone);
      expect(problems).toEqual([`${REPLY}:6:12 include-missing`]);
      expect(hints[0]).toContain("git fetch --unshallow");
    } finally {
      await rm(clone, { recursive: true });
    }
  });

  it("works outside git", async () => {
    await repository.write(TONE, tone(2, "New."));
    await repository.write(REPLY, reply(1, "{{> shared.tone#2}} {{> shared.tone#1}}"));
    await rm(`${repository.root}/.git`, { recursive: true });
    expect((await load()).problems).toEqual([`${REPLY}:6:32 include-missing`]);
  });
});

describe("history", () => {
  it("has included texts in place, those of versions that came later among them", async () => {
    await repository.commit({ [TONE]: tone(1, "One.") });
    await repository.commit({ [REPLY]: reply(1, "{{> shared.tone#1}}") });
    await repository.commit({
      [TONE]: tone(2, "Two."),
      [REPLY]: reply(2, "{{> shared.tone#2}} {{> a.reply#1}}"),
    });
    const { versions, skipped, rewritten } = await history(repository.root, {});
    expect(skipped).toEqual([]);
    expect(rewritten).toEqual([]);
    expect(
      versions.map(({ definition: { id, version, template, includes } }) => ({
        id,
        version,
        template,
        includes,
      })),
    ).toEqual([
      { id: "shared.tone", version: 1, template: "One." },
      { id: "a.reply", version: 1, template: "One.", includes: ["shared.tone#1"] },
      {
        id: "a.reply",
        version: 2,
        template: "Two. One.",
        includes: ["a.reply#1", "shared.tone#1", "shared.tone#2"],
      },
      { id: "shared.tone", version: 2, template: "Two." },
    ]);
  });

  it("skips a version whose includes it does not hold, and keeps the rest", async () => {
    const commit = await repository.commit({
      [TONE]: tone(1, "One."),
      [REPLY]: reply(1, "{{> shared.tone#9}}"),
    });
    const { versions, skipped } = await history(repository.root, {});
    expect(versions).toHaveLength(1);
    expect(skipped).toMatchObject([
      { commit, file: REPLY, diagnostics: [{ line: 6, column: 12, code: "include-missing" }] },
    ]);
  });

  it("gives the hashes of whole texts for a version that was rewritten", async () => {
    await repository.commit({ [TONE]: tone(1, "One."), [REPLY]: reply(1, "{{> shared.tone#1}}") });
    await repository.commit({ [REPLY]: reply(1, "Now: {{> shared.tone#1}}") });
    const { versions, rewritten } = await history(repository.root, {});
    const kept = versions.find(({ definition }) => definition.id === "a.reply")?.definition;
    expect(kept?.template).toBe("Now: One.");
    expect(rewritten).toHaveLength(1);
    expect(rewritten[0]?.kept.contentHash).toBe(kept && contentHash(kept));
    expect(rewritten[0]?.dropped.map((each) => each.contentHash)).toEqual([
      kept && contentHash({ ...kept, template: "One." }),
    ]);
  });
});
