import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { LocalApi, S3Server } from "@promptops/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project, promptFile, REPOSITORY } from "./project.ts";

const ID = "customer-support.intent-classifier";
const TEMPLATE = "Classify the message into one of:\n- billing\n- technical\n- other\n";
const RECORDS = 20_000;
const KILLS = 20;
const WORDS = ["charged twice", "an error", "hello", "a refund, please", "it crashes"];

/** A user's own job, which takes a little while for each record, and fails for some. */
const JOB = `import { setTimeout } from "node:timers/promises";
import { defineBatchJob } from "@promptops/batch";
import { z } from "zod";

export default defineBatchJob({
  name: "label",
  prompt: "${ID}",
  input: z.object({ text: z.string(), n: z.coerce.number() }),
  output: z.object({ n: z.number(), label: z.string() }),
  process: ({ text, n }, { prompt, observe }) =>
    observe({}, async (event) => {
      if (n % 100 === 0) await setTimeout(1);
      if (n % 1000 === 999) throw new Error("no label for " + n);
      event.label = text.includes("charged") ? "billing" : "other";
      return { n, label: event.label + " " + prompt.version };
    }),
});
`;

interface Summary {
  readonly records: number;
  readonly failed: number;
  readonly parts?: readonly string[];
  readonly stopped?: string;
}

const project = new Project();
beforeAll(async () => {
  await project.init();
  project.install();
  project.write("prompts/customer_support/intent_classifier.yaml", promptFile(ID, 1, { template: TEMPLATE }));
  project.write("jobs/label.job.ts", JOB);
  const rows = Array.from({ length: RECORDS }, (_, n) => `"I was ${WORDS[n % WORDS.length]}",${n}\n`);
  project.write("messages.csv", `text,n\n${rows.join("")}`);
  await project.commit("a prompt");
  expect(await project.promptops("sync")).toMatchObject({ code: 0 });
});
afterAll(() => project[Symbol.dispose]());

const batch = (output: string, ...args: string[]) =>
  ["batch", "run", "label", "--input", "messages.csv", "--output", output, ...args] as const;

/** All that a run has put out, its lines sorted. */
function outputOf(folder: string): readonly string[] {
  return readdirSync(join(project.folder, folder))
    .filter((name) => /^(part|failures)-/.test(name))
    .flatMap((name) => readFileSync(join(project.folder, folder, name), "utf8").split("\n"))
    .filter(Boolean)
    .toSorted();
}

describe("promptops batch", () => {
  test("list names the project's jobs", async () => {
    expect(await project.json("batch", "list")).toEqual([
      { name: "label", prompts: [ID], file: "jobs/label.job.ts" },
    ]);
  });

  test("run processes a file, and its events can be asked about", async () => {
    const { code, stdout, stderr } = await project.promptops(...batch("whole"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`label with ${ID}#1: 20,000 records done`);
    expect(stdout).toContain("20 failed");
    expect(outputOf("whole")).toHaveLength(RECORDS);
    const rows = await project.json<readonly { event: string; n: number }[]>(
      "events",
      "query",
      "SELECT event, count(*) AS n FROM events WHERE job_name = 'label' AND runtime = 'batch' GROUP BY event ORDER BY event",
    );
    expect(rows).toEqual([
      { event: "batch_completed", n: 1 },
      { event: "prompt_completed", n: RECORDS - 20 },
      { event: "prompt_failed", n: 20 },
      { event: "prompt_invoked", n: RECORDS },
    ]);
  });

  test(`run killed at ${KILLS} random moments and run again ends in the same output, in the versions it began with`, async () => {
    const started = performance.now();
    await project.promptops(...batch("measured"));
    const duration = performance.now() - started;
    const manifest = join(project.folder, "killed", "manifest.json");
    let killed = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const run = project.start(...batch("killed"));
      const ended = once(run, "exit");
      // From just after the start, and a little into the work, so that each round has something left to kill.
      await Promise.race([ended, setTimeout(Math.random() * duration * 0.6)]);
      if (run.exitCode === null) killed += Number(run.kill("SIGKILL"));
      await ended;
      if (kill !== KILLS / 2) continue;
      // The manifest is there by now, or the run begins with version 2.
      while (!readdirSync(project.folder).includes("killed")) await project.promptops(...batch("killed"));
      expect(JSON.parse(readFileSync(manifest, "utf8")).prompts).toEqual([
        expect.objectContaining({ version: 1 }),
      ]);
      project.write(
        "prompts/customer_support/intent_classifier.yaml",
        promptFile(ID, 2, { template: TEMPLATE, parent: 1 }),
      );
      await project.commit("version 2");
      expect(await project.promptops("sync")).toMatchObject({ code: 0 });
    }
    expect(await project.promptops(...batch("killed"))).toMatchObject({ code: 0 });
    expect(killed).toBeGreaterThan(0);
    expect(outputOf("killed")).toEqual(outputOf("whole"));
  });

  test("run ends what is under way at Ctrl-C, and goes on from there", async () => {
    const run = project.start(...batch("interrupted", "--rpm", "60000"));
    const exit = once(run, "exit");
    while (!readable(join("interrupted", "batches")).some((name) => name.endsWith(".jsonl")))
      await setTimeout(20);
    run.kill("SIGINT");
    expect(await exit).toEqual([130, null]);
    const saved = readable(join("interrupted", "batches"));
    expect(saved.some((name) => name.endsWith(".begun"))).toBe(true);
    expect(saved.filter((name) => name.endsWith(".draft"))).toEqual([]);
    const summary = await project.json<Summary>(...batch("interrupted"));
    expect(summary).toMatchObject({ records: RECORDS, failed: 20 });
    expect(outputOf("interrupted").map(withoutVersion)).toEqual(outputOf("whole").map(withoutVersion));
  });

  test("run stops where more fail than may, and says how to go on", async () => {
    const { code, stdout } = await project.promptops(...batch("strict", "--max-failures", "3"));
    expect(code).toBe(1);
    expect(stdout).toContain("more records failed than --max-failures lets");
    expect(await project.promptops(...batch("strict", "--max-failures", "20"))).toMatchObject({ code: 0 });
  });

  test("run takes the job of docs/batch.md as it is written there", async () => {
    const page = readFileSync(join(REPOSITORY, "docs/batch.md"), "utf8");
    const [, program = ""] = /^```ts\n(.*?)^```/ms.exec(page) ?? [];
    project.write("jobs/label-tickets.job.ts", program);
    project.write("tickets.csv", 'id,text\n7,"I was charged, twice"\n8,Hello\n');
    const args = ["batch", "run", "label-tickets", "--input", "tickets.csv", "--output", "tickets"];
    expect(await project.json(...args)).toMatchObject({
      records: 2,
      failed: 0,
      inputTokens: 400,
      outputTokens: 4,
    });
    expect(outputOf("tickets")).toEqual([
      '{"record_id":0,"id":7,"label":"billing"}',
      '{"record_id":1,"id":8,"label":"other"}',
    ]);
    project.remove("jobs/label-tickets.job.ts");
  });

  test("run --as-worker has the deployed worker's code make the same output", async () => {
    const job = join(REPOSITORY, "packages/functions/src/jobs/classify-messages.job.ts");
    const run = (output: string, ...args: string[]) =>
      project.promptops(
        "batch",
        "run",
        job,
        "--input",
        "messages.csv",
        "--limit",
        "500",
        "--output",
        output,
        ...args,
      );
    expect(await run("here")).toMatchObject({ code: 0 });
    expect(await run("built", "--as-worker")).toMatchObject({ code: 0, stderr: "" });
    expect(outputOf("built")).toEqual(outputOf("here"));
    expect(outputOf("built")).toHaveLength(500);
  });

  test("run --dry-run calls nothing and says what it would cost", async () => {
    project.write(
      "prompts/models.yaml",
      "claude-sonnet-4-5:\n  provider: bedrock\n  id: x\n  price: { input: 3, output: 15 }\n",
    );
    const plan = await project.json<{ records: number; batches: number; costUsd: number }>(
      ...batch("dry", "--dry-run"),
    );
    expect(plan).toMatchObject({ records: RECORDS, malformed: 0, batches: 20, outputTokens: RECORDS * 256 });
    expect(plan.costUsd).toBeGreaterThan(RECORDS * 256 * 15e-6);
    expect(readdirSync(project.folder)).not.toContain("dry");
    rmSync(join(project.folder, "prompts/models.yaml"));
  });

  test.each([
    [
      "an unknown job",
      ["batch", "run", "lable", "--input", "messages.csv", "--output", "o"],
      1,
      "There is label.",
    ],
    [
      "a missing input",
      ["batch", "run", "label", "--input", "m.csv", "--output", "o"],
      1,
      "there is no file m.csv",
    ],
    ["another run's output", [...batch("whole", "--limit", "3")], 1, "has another run"],
    [
      "Bedrock without a role",
      [...batch("o", "--engine", "bedrock-batch")],
      2,
      "--stage, or --exchange and --role",
    ],
    ["no number", [...batch("o", "--concurrency", "many")], 2, "Expected a whole number"],
    ["no share", [...batch("o", "--max-failures", "some")], 2, "Expected a number of records"],
    ["a limit and a sample", [...batch("o", "--limit", "1", "--sample", "1")], 2, "cannot be used with"],
  ])("run refuses %s", async (_, args, code, words) => {
    const ran = await project.promptops(...args);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(words);
  });
});

test("two commands do not run into one output at once, however it is written", async () => {
  const first = project.start(...batch("shared"));
  const ended = once(first, "exit");
  // Once its folder is there it is under way; stopped, it stays so.
  while (!existsSync(join(project.folder, "shared"))) await setTimeout(10);
  first.kill("SIGSTOP");
  const second = await project.promptops(...batch("./shared/"));
  first.kill("SIGCONT");
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining("another command is running") });
  expect(await ended).toEqual([0, null]);
  expect(outputOf("shared")).toHaveLength(RECORDS);
});

describe("promptops batch on Step Functions", () => {
  const MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:batch";
  const started: unknown[] = [];
  const s3 = new S3Server("bucket");
  let sfn: LocalApi;
  beforeAll(async () => {
    sfn = await LocalApi.start((response, { headers, body }) => {
      const { name, executionArn } = body as { name?: string; executionArn?: string };
      if (name !== undefined) started.push(body);
      const answers: Record<string, object> = {
        StartExecution: {
          executionArn: `${MACHINE.replace("stateMachine", "execution")}:${name}`,
          startDate: 1,
        },
        DescribeExecution: { executionArn, stateMachineArn: MACHINE, status: "RUNNING", startDate: 1 },
        ListMapRuns: {
          mapRuns: [{ executionArn, mapRunArn: "map", stateMachineArn: MACHINE, startDate: 1 }],
        },
        DescribeMapRun: {
          mapRunArn: "map",
          itemCounts: { pending: 1, running: 2, succeeded: 3, failed: 4, total: 10 },
        },
      };
      const operation = String(headers["x-amz-target"]).replace("AWSStepFunctions.", "");
      response
        .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
        .end(JSON.stringify(answers[operation]));
    });
    Object.assign(project.env, {
      AWS_ENDPOINT_URL_S3: await s3.start(),
      AWS_ENDPOINT_URL_SFN: sfn.url,
      AWS_REGION: "local",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    });
    s3.objects.set("in/tickets.jsonl", Buffer.from('{"text":"Hello","n":1}\n'));
  });
  afterAll(async () => {
    await s3.stop();
    await sfn[Symbol.asyncDispose]();
  });
  const start = (...args: string[]) =>
    project.promptops(
      "batch",
      "start",
      "label",
      "--input",
      "s3://bucket/in/tickets.jsonl",
      "--output",
      "s3://bucket/runs/1/",
      ...args,
    );

  test("start starts it, status says how far it is, results waits for its end", async () => {
    const { code, stdout } = await start("--state-machine", MACHINE, "--workers", "7");
    expect(code).toBe(0);
    expect(stdout).toContain(`runs as ${MACHINE.replace("stateMachine", "execution")}:label-`);
    expect(JSON.parse((started[0] as { input: string }).input)).toMatchObject({
      workers: 7,
      run: { job: "label" },
    });
    const status = await project.promptops("batch", "status", "s3://bucket/runs/1");
    expect(status.stdout).toContain("label: running");
    expect(status.stdout).toMatch(/PENDING +RUNNING +SUCCEEDED +FAILED +TOTAL\n1 +2 +3 +4 +10/);
    expect(
      await project.promptops("batch", "results", "s3://bucket/runs/1", "--to", "fetched"),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("has not ended"),
    });
  });

  test("start needs a state machine", async () => {
    expect(await start()).toMatchObject({ code: 2, stderr: expect.stringContaining("--state-machine") });
  });
});

function withoutVersion(line: string): string {
  return line.replace(/ \d"/, '"');
}

function readable(folder: string): readonly string[] {
  try {
    return readdirSync(join(project.folder, folder));
  } catch {
    return [];
  }
}
