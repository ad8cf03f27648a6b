import { execFile } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { type Artifact, buildArtifacts, unzip } from "@promptops/artifacts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REPOSITORY } from "./project.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "promptops-artifacts-"));
const output = join(folder, "dist");
let artifacts: readonly Artifact[];
beforeAll(async () => {
  artifacts = await buildArtifacts({ root: REPOSITORY, output });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The files in a folder, with their content. */
function filesIn(root: string): ReadonlyMap<string, Buffer> {
  const files = globSync("**/*", { cwd: root }).filter((path) => statSync(join(root, path)).isFile());
  return new Map(files.toSorted().map((path) => [path, readFileSync(join(root, path))]));
}

/** The sources in another folder, with all that npm installed. */
function copyOfSources(name: string): string {
  const copy = join(folder, name);
  const packages = globSync("packages/*", { cwd: REPOSITORY });
  for (const path of ["package.json", "tsconfig.json", "LICENSE", "prompts", ...packages]) {
    const filter = (source: string) => basename(source) !== "node_modules";
    cpSync(join(REPOSITORY, path), join(copy, path), { recursive: true, filter });
  }
  mkdirSync(join(copy, "node_modules/@promptops"), { recursive: true });
  for (const name of readdirSync(join(REPOSITORY, "node_modules"))) {
    if (name === "@promptops") continue;
    symlinkSync(join(REPOSITORY, "node_modules", name), join(copy, "node_modules", name));
  }
  for (const name of readdirSync(join(REPOSITORY, "node_modules/@promptops"))) {
    symlinkSync(join(copy, "packages", name), join(copy, "node_modules/@promptops", name));
  }
  return copy;
}

test("the same sources give the same bytes, in another folder and another time zone", async () => {
  const copy = copyOfSources("copy");
  const { stdout } = await run(process.execPath, [join(copy, "packages/artifacts/src/main.ts")], {
    env: { ...process.env, TZ: "Pacific/Auckland" },
  });
  expect(stdout).toContain("No snapshot inside");
  const [here, there] = [filesIn(output), filesIn(join(copy, "dist"))];
  expect([...there.keys()]).toEqual([...here.keys()]);
  for (const [path, content] of here) expect(content.equals(there.get(path) as Buffer), path).toBe(true);
});

test("what is built names no folder of the machine that built it", () => {
  const archives = [...filesIn(output).keys()].filter((path) => path.endsWith(".zip"));
  for (const path of archives) unzip(join(output, path), join(folder, "unzipped", path));
  const built = [...filesIn(join(folder, "unzipped")), ...filesIn(join(output, "functions"))];
  expect(built.length).toBeGreaterThan(artifacts.length);
  const naming = built.filter(([, content]) => content.includes(REPOSITORY));
  expect(naming.map(([path]) => path)).toEqual([]);
});

test("all that is loaded later can be loaded", async () => {
  unzip(join(output, "promptops-layer.zip"), join(folder, "layer"));
  const parts = globSync(["dist/functions/**/*.mjs", "layer/**/{esm,cjs}/**/*.js"], { cwd: folder });
  expect(parts.length).toBeGreaterThan(50);
  const program = parts.map((path) => `await import("./${path}");`).join("\n");
  await run(process.execPath, ["--input-type=module", "-e", program], { cwd: folder });
});

test("a snapshot goes into both archives, at the root", async () => {
  const [snapshot, shipping] = [join(folder, "snapshot.jsonl"), join(folder, "shipping")];
  writeFileSync(snapshot, "a snapshot\n");
  await buildArtifacts({ root: REPOSITORY, output: shipping, snapshot });
  for (const name of ["promptops-layer.zip", "promptops-batch.zip"]) {
    unzip(join(shipping, name), join(shipping, name.replace(".zip", "")));
    const file = join(shipping, name.replace(".zip", ""), "promptops/snapshot.jsonl");
    expect(readFileSync(file, "utf8")).toBe("a snapshot\n");
  }
});

test("what models cost goes into both archives", () => {
  for (const name of ["promptops-layer.zip", "promptops-batch.zip"]) {
    unzip(join(output, name), join(folder, "priced", name));
    const models = JSON.parse(
      readFileSync(join(folder, "priced", name, "promptops/models.json"), "utf8"),
    ) as object;
    expect(models).toMatchObject({
      "claude-haiku-4-5": { provider: "bedrock", price: { input: 1, output: 5 } },
    });
  }
});

test("a list of models with an error is refused, with its line", async () => {
  const copy = copyOfSources("broken");
  writeFileSync(join(copy, "prompts/models.yaml"), "claude: {provider: nobody, id: x}\n");
  const failing = run(process.execPath, [join(copy, "packages/artifacts/src/main.ts")]);
  await expect(failing).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /prompts\/models\.yaml:1:.*anthropic, bedrock or openai.*Nothing was built/s,
    ),
  });
});

describe("the package in the archive for jobs", () => {
  const job = join(folder, "job");
  beforeAll(() => unzip(join(output, "promptops-batch.zip"), job));

  /** Runs a program in the job's folder, and gives what it prints, JSON. */
  const print = async (type: "module" | "commonjs", program: string): Promise<unknown> => {
    const { stdout } = await run(process.execPath, [`--input-type=${type}`, "-e", program], { cwd: job });
    return JSON.parse(stdout);
  };

  /** Reads a prompt that is not there, and tells how that was said. */
  const USE = `
    const prompts = createPromptClient({ ledger: new MemoryLedger() });
    prompts.get("a.b").catch((error) => {
      console.log(JSON.stringify([error.code, error instanceof UserError, UserError === domain.UserError]));
    });
  `;

  test("is imported, each class once", async () => {
    const imports = `
      import { createPromptClient, UserError } from "@promptops/core";
      import * as domain from "@promptops/core/domain";
      import { MemoryLedger } from "@promptops/core/memory";
    `;
    expect(await print("module", imports + USE)).toEqual(["prompt-not-found", true, true]);
  });

  test("is required, each class once", async () => {
    const requires = `
      const { createPromptClient, UserError } = require("@promptops/core");
      const domain = require("@promptops/core/domain");
      const { MemoryLedger } = require("@promptops/core/memory");
    `;
    expect(await print("commonjs", requires + USE)).toEqual(["prompt-not-found", true, true]);
  });

  test.each([
    ["import", 'import("@promptops/core")'],
    ["require", 'Promise.resolve(require("@promptops/core"))'],
  ])("loads no more by %s than a cold start needs", async (_, load) => {
    const program = `
      const { basename, dirname } = require("node:path");
      const loaded = [];
      require("node:module").registerHooks({
        load(url, context, next) {
          if (url.startsWith("file:")) loaded.push(new URL(url).pathname);
          return next(url, context);
        },
      });
      ${load}.then(() => console.log(JSON.stringify(loaded)));
    `;
    const loaded = (await print("commonjs", program)) as string[];
    const all = globSync("node_modules/@promptops/core/{esm,cjs}/chunks/*.js", { cwd: job });
    expect(all.filter((path) => /s3-blobs|\/sts-|loadSso/.test(path))).toHaveLength(6);
    expect(loaded.length).toBeGreaterThan(1);
    expect(loaded.filter((path) => /s3-blobs|\/sts-|loadSso/.test(path))).toEqual([]);
    const bytes = loaded.reduce((sum, path) => sum + statSync(path).size, 0);
    expect(bytes).toBeLessThan(400 * 1024);
  });

  const TYPED = `
    const ledger: LedgerReader = new MemoryLedger();
    const prompts: PromptClient = createPromptClient({ ledger, ttlMs: 1 });
    export async function textOf(): Promise<string | undefined> {
      const prompt: Prompt = await prompts.get("a.b", { channel: "canary" });
      logPromptEvent("prompt_invoked", prompt);
      // @ts-expect-error An id is text.
      const id: number = prompt.id;
      return prompt.render({ id }).text;
    }
  `;
  const TYPES = `
    import { createPromptClient, logPromptEvent, type Prompt, type PromptClient } from "@promptops/core";
    import type { LedgerReader } from "@promptops/core/ledger";
    import { MemoryLedger } from "@promptops/core/memory";
  `;

  // Before Node could require ES modules, TypeScript refused declarations of the wrong kind: node18 still does.
  test.each([
    ["consumer.mts", "nodenext"],
    ["consumer.cts", "nodenext"],
    ["consumer.cts", "node18"],
  ])("has types for %s under %s", async (file, module) => {
    writeFileSync(join(job, file), TYPES + TYPED);
    const tsc = join(REPOSITORY, "node_modules/typescript/bin/tsc");
    const settings = ["--strict", "--noEmit", "--ignoreConfig", "--target", "es2024", "--types", ""];
    await run(process.execPath, [tsc, ...settings, "--module", module, file], { cwd: job });
  });
});
