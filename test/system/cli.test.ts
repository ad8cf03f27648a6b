import { realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project, promptFile } from "./project.ts";

const ID = "support.classifier";
const FILE = "prompts/support/classifier.yaml";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.init();
  project.write(FILE, promptFile(ID, 1));
  await project.commit("first");
});
afterEach(() => project[Symbol.dispose]());

/** Publishes versions 1 to `last`. */
async function publish(last: number): Promise<void> {
  for (let version = 1; version <= last; version += 1) {
    const parent = version === 1 ? {} : { parent: version - 1 };
    project.write(FILE, promptFile(ID, version, { ...parent, template: `Text ${version}.` }));
    await project.commit(`version ${version}`);
    expect(await project.promptops("sync")).toMatchObject({ code: 0 });
  }
}

describe("validate, plan and sync", () => {
  test("a new prompt is planned, published and then unchanged", async () => {
    expect(await project.promptops("validate")).toMatchObject({ code: 0 });
    expect(await project.promptops("plan")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`+ ${ID}#1`),
    });
    expect(await project.promptops("plan", "--exit-code")).toMatchObject({ code: 10 });
    const sync = await project.promptops("sync");
    expect(sync).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`PromptPublished ${ID}: published #1`),
    });
    expect(await project.promptops("plan", "--exit-code")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`= ${ID}#1`),
    });
    expect(await project.promptops("sync")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Nothing to do"),
    });
  });

  test("the event has the commit, the author and the actor", async () => {
    const commit = await project.git("rev-parse", "HEAD");
    await project.promptops("sync");
    const shown = await project.json<{ source: object }>("show", ID);
    expect(shown.source).toMatchObject({
      commit,
      author: "Ada <ada@example.com>",
      path: FILE,
      branch: "main",
    });
    const [event] = await project.json<{ actor: string }[]>("log", ID);
    expect(event?.actor).toBe("git:Ada <ada@example.com>");
    expect(await project.json("log", "--commit", commit)).toMatchObject([{ id: ID, seq: 1 }]);
  });

  test("in CI the actor is who set off the run", async () => {
    project.env.GITHUB_ACTOR = "octocat";
    await project.promptops("sync");
    expect(await project.json("log", ID)).toMatchObject([{ actor: "github:octocat" }]);
  });

  test("changed content without a new version is refused, and nothing else is appended", async () => {
    await project.promptops("sync");
    project.write(FILE, promptFile(ID, 1, { template: "Other words." }));
    project.write("prompts/support/new.yaml", promptFile("support.new", 1));
    const plan = await project.promptops("plan");
    expect(plan.code).toBe(1);
    expect(plan.stdout).toContain(`! ${ID}#1`);
    expect(plan.stdout).toContain("published with other content");
    expect(plan.stdout).toContain(`promptops diff ${ID}#1 ${FILE}`);
    expect((await project.promptops("diff", `${ID}#1`, FILE)).stdout).toContain("+Other words.");
    expect(await project.promptops("sync")).toMatchObject({ code: 1 });
    expect(await project.json("list")).toMatchObject([{ id: ID }]);
  });

  test("an invalid file stops plan and sync with its place", async () => {
    project.write(FILE, promptFile(ID, 1).replace("owner: team-a\n", ""));
    for (const command of ["validate", "plan", "sync"]) {
      const { code, stdout, stderr } = await project.promptops(command);
      expect(code).toBe(1);
      expect(stdout + stderr).toMatch(/prompts\/support\/classifier\.yaml:\d+:\d+/);
      expect(stdout + stderr).toContain("owner");
    }
  });

  test("problems are told as text, as JSON and as annotations", async () => {
    project.write(FILE, promptFile(ID, 1).replace("owner: team-a\n", ""));
    const json = await project.promptops("validate", "--format", "json");
    expect(JSON.parse(json.stdout)).toMatchObject([{ file: FILE, code: "missing-field", line: 1 }]);
    expect((await project.promptops("validate", "--format", "github")).stdout).toMatch(/^::error file=/);
    expect(await project.promptops("validate", "--format", "xml")).toMatchObject({ code: 2 });
  });

  test("a prompt whose file is gone is retired", async () => {
    await project.promptops("sync");
    project.remove(FILE);
    project.write("prompts/support/other.yaml", promptFile("support.other", 1));
    expect((await project.promptops("plan")).stdout).toContain(`- ${ID}`);
    await project.promptops("sync");
    expect(await project.json("list")).toMatchObject([
      { id: ID, retired: true, live: null },
      { id: "support.other" },
    ]);
  });
});

describe("channels", () => {
  test("a pin holds a new version back, and sync says how to let it serve", async () => {
    await publish(1);
    expect(await project.promptops("pin", `${ID}#1`, "--reason", "freeze")).toMatchObject({ code: 0 });
    project.write(FILE, promptFile(ID, 2, { parent: 1, template: "New." }));
    const { stdout } = await project.promptops("sync");
    expect(stdout).toContain("live is pinned to #1");
    expect(stdout).toContain(`promptops pin ${ID}#2`);
    expect(await project.json("list")).toMatchObject([{ latest: 2, live: 1, pinned: ["live"] }]);
    await project.promptops("unpin", ID);
    expect(await project.json("list")).toMatchObject([{ latest: 2, live: 2, pinned: [] }]);
  });

  test("rollback, resolve in the past, log and lineage", async () => {
    await publish(3);
    const before = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await project.promptops("rollback", ID, "--reason", "worse")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("rolled live back to #2"),
    });
    expect(await project.json("resolve", ID)).toMatchObject({
      versions: [{ version: 2 }],
      since: { reason: "worse" },
    });
    expect(await project.json("resolve", ID, "--at", before)).toMatchObject({ versions: [{ version: 3 }] });
    expect(await project.json("log", ID)).toMatchObject([{ seq: 4 }, { seq: 3 }, { seq: 2 }, { seq: 1 }]);
    expect(await project.json("lineage", ID)).toMatchObject([
      { ref: `${ID}#1`, children: [{ ref: `${ID}#2`, children: [{ ref: `${ID}#3`, children: [] }] }] },
    ]);
    expect((await project.promptops("diff", `${ID}#2`, `${ID}#3`)).stdout).toContain("+Text 3.");
    expect(await project.promptops("verify")).toMatchObject({ code: 0 });
  });

  test("compare and set refuses when something happened in between", async () => {
    await publish(2);
    const stale = await project.promptops("pin", `${ID}#1`, "--reason", "x", "--expect-seq", "1");
    expect(stale).toMatchObject({ code: 1, stderr: expect.stringContaining("at sequence 2, not 1") });
    expect(await project.promptops("pin", `${ID}#1`, "--reason", "x", "--expect-seq", "2")).toMatchObject({
      code: 0,
    });
  });

  test("retire is refused while a channel pins the prompt, unless forced; restore brings it back", async () => {
    await publish(1);
    await project.promptops("pin", `${ID}#1`, "--reason", "x");
    expect(await project.promptops("retire", ID, "--reason", "gone")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("pinned by channel live"),
    });
    expect(await project.promptops("retire", ID, "--reason", "gone", "--force")).toMatchObject({ code: 0 });
    expect(await project.promptops("show", ID)).toMatchObject({ code: 1 });
    expect(await project.promptops("show", `${ID}#1`)).toMatchObject({ code: 0 });
    expect(await project.promptops("restore", ID)).toMatchObject({ code: 0 });
    expect(await project.promptops("show", ID)).toMatchObject({ code: 0 });
  });
});

describe("backfill", () => {
  test("publishes what history has, oldest first, with its own commits", async () => {
    const first = await project.git("rev-parse", "HEAD");
    project.write(FILE, promptFile(ID, 2, { parent: 1, template: "Second." }));
    const second = await project.commit("second");
    const { stdout, code } = await project.promptops("backfill");
    expect(code).toBe(0);
    expect(stdout).toContain("published #1");
    expect(await project.json("show", `${ID}#1`)).toMatchObject({ source: { commit: first } });
    expect(await project.json("show", `${ID}#2`)).toMatchObject({ source: { commit: second } });
    expect(await project.promptops("sync")).toMatchObject({
      stdout: expect.stringContaining("Nothing to do"),
    });
    expect((await project.promptops("backfill")).stdout).toContain("Nothing to do");
  });

  test("does not publish past settings that cannot be read", async () => {
    project.write("prompts/settings.yaml", "channels: {live: {requires_evaluation: maybe}}\n");
    const { code, stderr } = await project.promptops("backfill");
    expect(code).toBe(1);
    expect(stderr).toContain("prompts/settings.yaml:1:");
    project.remove("prompts/settings.yaml");
    expect(await project.json("list")).toEqual([]);
  });

  test("completes the lineage after a sync that came first", async () => {
    project.write(FILE, promptFile(ID, 2, { parent: 1, template: "Second." }));
    await project.commit("second");
    expect((await project.promptops("sync")).stdout).toContain(
      "parent support.classifier#1 is not published",
    );
    expect((await project.promptops("lineage", ID)).stdout).toContain("not published");
    await project.promptops("backfill");
    expect((await project.promptops("lineage", ID)).stdout).not.toContain("not published");
    expect(await project.json("list")).toMatchObject([{ latest: 2, live: 2 }]);
  });
});

describe("help for people", () => {
  test("a mistyped id gets suggestions, a short one is completed", async () => {
    await publish(1);
    expect(await project.promptops("show", "support.clasifier")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Did you mean ${ID}?`),
    });
    expect(await project.promptops("pin", "support.clasifier#1", "--reason", "x")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Did you mean ${ID}?`),
    });
    expect((await project.promptops("show", "classifier")).stdout).toContain(`${ID}#1`);
  });

  test("usage errors exit with 2, and errors are JSON where asked for", async () => {
    expect(await project.promptops("pin", `${ID}#1`)).toMatchObject({ code: 2 });
    expect(await project.promptops("publish")).toMatchObject({ code: 2 });
    const { code, stderr } = await project.promptops("show", "support.none", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "prompt-not-found" } });
  });

  test("an endpoint that does not answer is the service's trouble", async () => {
    project.env.PROMPTOPS_ENDPOINT = "http://127.0.0.1:9";
    project.env.AWS_MAX_ATTEMPTS = "1";
    expect(await project.promptops("list")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("cannot be reached"),
    });
  });

  test("render fills in variables and names what is missing", async () => {
    const variables = "variables:\n  name: {type: string}\n  count: {type: number, default: 3}\n";
    project.write(FILE, promptFile(ID, 1, { template: "{{name}}: {{count}}" }) + variables);
    await project.promptops("sync");
    expect(await project.promptops("render", ID, "--var", "name=a=b")).toMatchObject({
      code: 0,
      stdout: "a=b: 3\n",
    });
    expect(await project.promptops("render", ID)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${ID}#1 needs a value for "name"`),
    });
    expect(await project.promptops("render", ID, "--var", "name=x", "--var", "nme=y")).toMatchObject({
      code: 1,
    });
  });

  test("exec runs a program with the settings to read the ledger, and passes on its exit code", async () => {
    const program =
      "console.log(process.env.PROMPTOPS_ENDPOINT, process.env.PROMPTOPS_TABLE); process.exit(7)";
    const ran = await project.promptops("exec", "--", process.execPath, "-e", program);
    expect(ran).toMatchObject({
      code: 7,
      stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ promptops\n$/),
    });
  });

  describe("exec and the models", () => {
    const MODELS = "prompts/models.yaml";
    const MODEL = { provider: "bedrock", id: "anthropic.claude-v1:0", price: { input: 3, output: 15 } };
    const read = "const file = process.env.PROMPTOPS_MODELS; ";
    const show = `${read} console.log(file, file && require('fs').readFileSync(file, 'utf8'))`;
    const exec = () => project.promptops("exec", "--", process.execPath, "-e", show);

    beforeEach(() => {
      project.write(MODELS, `sonnet: ${JSON.stringify(MODEL)}\n`);
    });

    test.each([
      ["the embedded ledger", {}],
      ["a table on AWS", { PROMPTOPS_TABLE: "prompts", AWS_REGION: "eu-central-1" }],
    ])("a program that reads %s finds them", async (_, env) => {
      Object.assign(project.env, env);
      const { code, stdout, stderr } = await exec();
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const file = join(realpathSync(project.folder), ".promptops", "models.json");
      expect(stdout.startsWith(`${file} `)).toBe(true);
      expect(JSON.parse(stdout.slice(file.length))).toEqual({ sonnet: MODEL });
      expect(await project.git("status", "--porcelain", "--", ".promptops")).toBe("");
    });

    test("a program of a project without them is told of none", async () => {
      project.remove(MODELS);
      expect(await exec()).toEqual({ code: 0, stdout: "undefined undefined\n", stderr: "" });
    });

    test("those of a file with an error are left out, with a word", async () => {
      await exec();
      project.write(MODELS, "sonnet: {provider: bedrok, id: x}\n");
      expect(await exec()).toEqual({
        code: 0,
        stdout: "undefined undefined\n",
        stderr: expect.stringMatching(/^prompts\/models\.yaml is left out: .*promptops validate.*\n$/),
      });
    });

    test("a program keeps those that its user chose", async () => {
      project.write("mine.json", "{}");
      project.env.PROMPTOPS_MODELS = "mine.json";
      expect(await exec()).toMatchObject({ code: 0, stdout: "mine.json {}\n" });
    });

    test("a program that reads a table needs no project", async () => {
      rmSync(join(project.folder, "prompts"), { recursive: true });
      Object.assign(project.env, { PROMPTOPS_TABLE: "prompts", AWS_REGION: "eu-central-1" });
      expect(await exec()).toEqual({ code: 0, stdout: "undefined undefined\n", stderr: "" });
    });
  });

  test("exec ends when its program does, not before", async () => {
    const program =
      "process.on('SIGTERM', () => setTimeout(() => process.exit(5), 300)); console.log('up'); process.stdin";
    const child = project.start("exec", "--", process.execPath, "-e", `${program}.resume()`);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(5);
  });

  test("two commands at once on the embedded engine both work", async () => {
    await publish(1);
    const both = await Promise.all([project.promptops("list"), project.promptops("verify")]);
    expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
  });
});
