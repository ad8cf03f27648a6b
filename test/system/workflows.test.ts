import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, ensureTable } from "@promptops/core/dynamo";
import { type Engine, startEngine } from "@promptops/local";
import { LocalApi, GOOD_OUTPUTS as OUTPUTS } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startModelServer } from "./model-server.ts";
import { Project, promptFile } from "./project.ts";
import { parameter } from "./stage-parameter.ts";
import { WorkflowCommands } from "./workflow.ts";

const ID = "support.classifier";
const FILE = "prompts/support/classifier.yaml";
const SUITE = "evals/support/classifier.yaml";
const LABELS = ["billing", "technical", "sales", "retention"];

const validate = new WorkflowCommands("validate.yml");
const deploy = new WorkflowCommands("deploy.yml");
const pin = new WorkflowCommands("pin.yml");

/** What only GitHub and AWS can run; `.ci/run` does the first two, and the doctor has tests of its own. */
const ELSEWHERE = [
  "npm ci",
  "npm test",
  "npx --yes sst@4.17.1 deploy --stage production",
  "npx promptops doctor --stage production",
];

let engine: Engine;
let ssm: LocalApi;
let project: Project;
beforeEach(async () => {
  engine = await startEngine();
  ssm = await LocalApi.start(parameter());
  project = new Project();
  // As on a runner: the stage says what its table is, and the SDK's own settings lead to engines here.
  await ensureTable(connect({ endpoint: engine.endpoint }), OUTPUTS.table);
  Object.assign(project.env, {
    GITHUB_ACTOR: "octocat",
    AWS_REGION: OUTPUTS.region,
    AWS_ACCESS_KEY_ID: "ASIA",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_SSM: ssm.url,
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    PROMPTOPS_TABLE: OUTPUTS.table,
  });
  project.install();
  await project.init();
  project.write(FILE, classifier(1));
  project.write(
    "prompts/models.yaml",
    "claude-sonnet-4-5:\n  provider: anthropic\n  id: claude-sonnet-4-5\n",
  );
  project.write(SUITE, suite());
  await record();
  await project.commit("first version");
  await project.git("switch", "--quiet", "--create", "change");
});
afterEach(async () => {
  project[Symbol.dispose]();
  await ssm[Symbol.asyncDispose]();
  await engine.stop();
});

/** The classifier's file; the model does as well as the labels it is offered. */
function classifier(version: number, labels = LABELS, rest = ""): string {
  const template = `Classify the message.${rest}\nLabels: ${labels.join(", ")}`;
  const parent = version > 1 ? { parent: version - 1 } : {};
  return `${promptFile(ID, version, { ...parent, template })}metrics: {baseline_accuracy: 0.9}\n`;
}

function suite(): string {
  const cases = LABELS.flatMap((label) =>
    [1, 2, 3].map((n) => `  - {input: "${n}: about ${label}", expected: ${label}}`),
  );
  return `prompt_id: ${ID}\ncases:\n${cases.join("\n")}\n`;
}

/** Records a model's answers to the files as they are. */
async function record(): Promise<void> {
  await using server = await startModelServer();
  const keys = { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: "none" };
  await project.shell("npx promptops eval --record", keys);
}

const schemaGate = () => validate.run(project, "npx promptops validate", { BASE: "main" });
const behaviouralGate = () => validate.run(project, "npx promptops eval");
const planStep = () => validate.run(project, "npx promptops plan");
const read = (file: string) => readFileSync(join(project.folder, file), "utf8");

test("every command of the workflows is run here, or named as one that cannot be", () => {
  const lines = [validate, deploy, pin].flatMap((workflow) => workflow.lines);
  const run = [
    "npx promptops validate",
    "npx promptops eval",
    "npx promptops plan",
    "cat eval.md",
    "npx promptops sync",
    "npx promptops snapshot",
  ];
  const byHand = ['npx promptops "$ACTION"', "npx promptops resolve"];
  const unknown = lines.filter(
    (line) =>
      !ELSEWHERE.includes(line) && ![...run, ...byHand].some((beginning) => line.startsWith(beginning)),
  );
  expect(unknown).toEqual([]);
});

describe("a pull request with", () => {
  test("a broken file is told the line", async () => {
    project.write(FILE, classifier(2).replace("owner: team-a", "owner: team-a\nowner: team-b"));
    const { code, stdout } = await schemaGate();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error .*file=prompts\/support\/classifier\.yaml,line=4,/m);
    expect(stdout).toContain("owner");
    expect(await behaviouralGate()).toMatchObject({ code: 1 });
  });

  test("a forgotten version is told what to write", async () => {
    project.write(FILE, classifier(1, LABELS, " Be brief."));
    const { code, stdout } = await schemaGate();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error .*file=prompts\/support\/classifier\.yaml,line=2,.*version/m);
    expect(stdout).toContain("version: 2");
  });

  test("an undeclared variable is told to declare it", async () => {
    project.write(FILE, classifier(2, LABELS, " For {{customer}}."));
    const { code, stdout } = await schemaGate();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error .*file=prompts\/support\/classifier\.yaml,.*customer/m);
  });

  test("a worse prompt fails with the cases that flipped", async () => {
    project.write(FILE, classifier(2, ["billing", "sales", "retention"]));
    await record();
    await project.commit("worse");
    expect(await schemaGate()).toMatchObject({ code: 0 });
    const { code, stdout } = await behaviouralGate();
    expect(code).toBe(1);
    expect(stdout).toContain("9/12");
    expect(read("eval.md")).toContain("about technical");
    expect(read("eval.xml")).toContain("<testsuite");
  });

  test("answers that were never recorded is told how to record them", async () => {
    project.write(FILE, classifier(2, LABELS, " Be brief."));
    await project.commit("not recorded");
    const { code, stdout } = await behaviouralGate();
    expect(code).toBe(1);
    expect(stdout).toContain(`promptops eval --record ${ID}`);
  });

  test("a good change passes all gates, and the summary has evaluation and plan", async () => {
    await project.promptops("sync");
    project.write(FILE, classifier(2, LABELS, " Be brief."));
    await record();
    await project.commit("better");
    expect(await schemaGate()).toMatchObject({ code: 0 });
    expect(await behaviouralGate()).toMatchObject({ code: 0 });
    expect(await planStep()).toMatchObject({ code: 0, stdout: expect.stringContaining(`+ ${ID}#2`) });
    const GITHUB_STEP_SUMMARY = join(project.folder, "step-summary.md");
    expect(await validate.run(project, "cat eval.md", { GITHUB_STEP_SUMMARY })).toMatchObject({ code: 0 });
    for (const file of ["summary.md", "step-summary.md"]) {
      expect(read(file)).toContain("12 of 12");
      expect(read(file)).toContain(`+ ${ID}#2`);
    }
  });

  test("a file that no gate could read still gets a summary", async () => {
    project.write(FILE, "id: [");
    expect(await behaviouralGate()).toMatchObject({ code: 1 });
    expect(await planStep()).toMatchObject({ code: 1 });
    const GITHUB_STEP_SUMMARY = join(project.folder, "step-summary.md");
    expect(await validate.run(project, "cat eval.md", { GITHUB_STEP_SUMMARY })).toMatchObject({ code: 0 });
    expect(existsSync(GITHUB_STEP_SUMMARY)).toBe(true);
  });
});

test("one suite that cannot be run does not hide the others, and a mistyped id is told", async () => {
  project.write("prompts/support/other.yaml", promptFile("support.other", 1, { model: "claude-sonnet-4-5" }));
  project.write(
    "evals/support/other.yaml",
    "prompt_id: support.other\nprovider: openai\ncases: [{input: a, expected: b}]\n",
  );
  const { code, stdout } = await project.promptops("eval");
  expect(code).toBe(1);
  expect(stdout).toContain("12/12");
  expect(stdout).toContain("support.other cannot be evaluated: the suite of support.other asks for openai");
  const mistyped = await project.promptops("eval", "support.clasifier");
  expect(mistyped).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("no prompt file for support.clasifier"),
  });
});

test("Ctrl-C ends an evaluation with a report of what was done", async () => {
  const called = Promise.withResolvers<void>();
  await using server = await startModelServer(async (call) => {
    if (call <= 5) return;
    called.resolve();
    await new Promise(() => {});
  });
  project.env.ANTHROPIC_BASE_URL = server.url;
  project.env.ANTHROPIC_API_KEY = "none";
  project.write(SUITE, `${suite()}concurrency: 1\n`);
  const child = project.start("eval", "--live");
  const said: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await called.promise;
  child.kill("SIGINT");
  expect(await ended).toBe(1);
  const report = Buffer.concat(said).toString();
  expect(report).toContain("5/12");
  expect(report).toContain("5 of 12 cases");
});

describe("a merge", () => {
  const snapshotStep = () => deploy.run(project, "npx promptops snapshot");
  const syncStep = () => deploy.run(project, "npx promptops sync");
  const evidenceStep = () => deploy.run(project, "npx promptops eval --append");

  test("leaves versions and evidence in the ledger", async () => {
    expect(await snapshotStep()).toMatchObject({ code: 0 });
    expect(await syncStep()).toMatchObject({ code: 0 });
    expect(await snapshotStep()).toMatchObject({ code: 0, stdout: expect.stringContaining("1 version") });
    expect(await evidenceStep()).toMatchObject({ code: 0 });
    expect(await project.json("log", ID)).toMatchObject([
      {
        type: "EvaluationRecorded",
        data: { version: 1, pass: true, accuracy: 1, provider: expect.any(String) },
      },
      { type: "PromptPublished" },
    ]);
    expect(await evidenceStep()).toMatchObject({ code: 0 });
    expect(await project.json("log", ID)).toHaveLength(2);
    expect(await project.json("lineage", ID)).toMatchObject([{ evaluation: { pass: true, accuracy: 1 } }]);
  });

  test("into a channel that asks for evidence serves the new version once that is there", async () => {
    await syncStep();
    project.write("prompts/settings.yaml", "channels: {live: {requires_evaluation: true}}\n");
    project.write(FILE, classifier(2, LABELS, " Be brief."));
    await project.commit("asks for evidence");
    const { stdout } = await syncStep();
    expect(stdout).toContain("goes on serving #1");
    expect(await project.json("resolve", ID)).toMatchObject({ versions: [{ version: 1 }] });
    const refused = await project.promptops("pin", `${ID}#2`, "--reason", "hurry");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("passed no evaluation") });
    await record();
    expect(await evidenceStep()).toMatchObject({ code: 0 });
    expect(await project.json("resolve", ID)).toMatchObject({ versions: [{ version: 2 }] });
  });
});

describe("by hand", () => {
  const act = (ACTION: string, PROMPT: string) =>
    pin.run(project, 'npx promptops "$ACTION"', {
      ACTION,
      PROMPT,
      CHANNEL: "live",
      REASON: "it's $(odd) & long",
    });

  test("a pin and a rollback move the channel, with their reason", async () => {
    await project.promptops("sync");
    project.write(FILE, classifier(2, LABELS, " Be brief."));
    await project.promptops("sync");
    expect(await act("rollback", ID)).toMatchObject({ code: 0 });
    expect(await project.json("resolve", ID)).toMatchObject({
      versions: [{ version: 1 }],
      since: { reason: "it's $(odd) & long" },
    });
    expect(await act("pin", `${ID}#2`)).toMatchObject({ code: 0 });
    const GITHUB_STEP_SUMMARY = join(project.folder, "step-summary.md");
    const shown = await pin.run(project, "npx promptops resolve", {
      PROMPT: `${ID}#2`,
      CHANNEL: "live",
      GITHUB_STEP_SUMMARY,
    });
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("serves #2") });
    expect(await act("pin", `${ID}#9`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("never published"),
    });
  });
});
