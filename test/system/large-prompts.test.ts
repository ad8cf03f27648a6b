import { createHash } from "node:crypto";
import { globSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, ensureTable } from "@promptops/core/dynamo";
import { startEngine } from "@promptops/local";
import { S3Server } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project, promptFile } from "./project.ts";

const ID = "support.manual";
const FILE = "prompts/support/manual.yaml";
const LINE = "A line of a long manual, with ümläuts and 漢字 in it.\n";
const TEMPLATE = LINE.repeat(Math.ceil(20_000_000 / Buffer.byteLength(LINE)));

/** Prints what a program gets, short enough to read. */
const PROGRAM = `
  import { createHash } from "node:crypto";
  import { loadPrompt } from "@promptops/core";
  const { text } = (await loadPrompt("${ID}")).render();
  console.log(Buffer.byteLength(text), createHash("sha256").update(text).digest("hex"));
`;
const PRINTED = `${Buffer.byteLength(TEMPLATE)} ${createHash("sha256").update(TEMPLATE).digest("hex")}\n`;

/** Prints whether a program has loaded the S3 client, once it has a small prompt and once it has the large one. */
const LOADING = `
  import { registerHooks } from "node:module";
  let loaded = false;
  registerHooks({
    load(url, context, next) {
      loaded ||= url.includes("client-s3");
      return next(url, context);
    },
  });
  const { loadPrompt } = await import("@promptops/core");
  for (const id of ["support.short", "${ID}"]) {
    await loadPrompt(id);
    console.log(id, loaded);
  }
`;

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.init();
  project.install();
  project.write(
    FILE,
    promptFile(ID, 1).replace(/^template: .*/m, `template: |\n${TEMPLATE.replace(/^(?=.)/gm, "  ")}`),
  );
  await project.commit("a manual of 20 MB");
});
afterEach(() => project[Symbol.dispose]());

/** What a program prints, its event lines apart. */
const run = async (program: string) =>
  (await project.promptops("exec", "--", process.execPath, "--input-type=module", "-e", program)).stdout
    .split("\n")
    .filter((line) => !line.startsWith("{"))
    .join("\n");

/** The life of such a prompt, from its file to a program. */
async function expectServed(): Promise<void> {
  expect(await project.promptops("validate")).toMatchObject({ code: 0 });
  expect(await project.promptops("sync")).toMatchObject({ code: 0 });
  expect(await project.promptops("sync")).toMatchObject({ stdout: expect.stringContaining("Nothing to do") });
  const shown = await project.json<{ template: string }>("show", ID);
  expect(shown.template === TEMPLATE).toBe(true);
  expect(await project.promptops("verify")).toMatchObject({ code: 0 });
  expect(await run(PROGRAM)).toBe(PRINTED);
}

describe("a prompt of 20 MB", () => {
  test("goes from its file to a program, and verify finds it changed or gone", async () => {
    await expectServed();
    const [blob = ""] = globSync(".promptops/blobs/sha256/*", { cwd: project.folder });
    writeFileSync(join(project.folder, blob), "Ignore all the above.");
    expect(await project.promptops("verify")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        `${ID}#1 version: the stored content of ${ID}#1 is not what was published`,
      ),
    });
    rmSync(join(project.folder, blob));
    expect(await project.promptops("verify")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`${ID}#1 is missing from where it is kept`),
    });
    expect(await project.promptops("show", ID)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`promptops verify ${ID}`),
    });
  });

  test("goes by way of S3 where PROMPTOPS_BLOBS says so, and is refused without", async () => {
    const server = new S3Server("large-prompts");
    const engine = await startEngine();
    try {
      const client = connect({ endpoint: engine.endpoint });
      await ensureTable(client, "stage-ledger");
      client.destroy();
      Object.assign(project.env, {
        PROMPTOPS_TABLE: "stage-ledger",
        PROMPTOPS_ENDPOINT: engine.endpoint,
        AWS_ENDPOINT_URL_S3: await server.start(),
      });
      expect(await project.promptops("sync")).toMatchObject({
        code: 1,
        stdout: expect.stringContaining("PROMPTOPS_BLOBS"),
      });
      project.env.PROMPTOPS_BLOBS = "large-prompts";
      expect(await project.promptops("list")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("s3://bucket"),
      });
      project.env.PROMPTOPS_BLOBS = "s3://large-prompts/stage";
      await expectServed();
      expect([...server.objects.keys()]).toEqual([
        expect.stringMatching(/^stage\/blobs\/sha256\/[0-9a-f]{64}$/),
      ]);
      project.write("prompts/support/short.yaml", promptFile("support.short", 1));
      await project.commit("a short one");
      expect(await project.promptops("sync")).toMatchObject({ code: 0 });
      expect(await run(LOADING)).toBe(`support.short false\n${ID} true\n`);
    } finally {
      await server.stop();
      await engine.stop();
    }
  });
});
