import { connect, ensureTable } from "@promptops/core/dynamo";
import { type Engine, startEngine } from "@promptops/local";
import {
  AthenaServer,
  LocalApi,
  noReply,
  GOOD_OUTPUTS as OUTPUTS,
  type Reply,
  replyJson,
  S3Server,
} from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project, promptFile } from "./project.ts";
import { parameter } from "./stage-parameter.ts";

const refusal = (name: string) => replyJson(400, { __type: name, message: `${name}!` });

const JOB = `import { defineBatchJob } from "@promptops/batch";
import { z } from "zod";

export default defineBatchJob({
  name: "label",
  prompt: "support.classifier",
  input: z.object({ text: z.string() }),
  output: z.object({ label: z.string() }),
  process: async () => ({ label: "other" }),
});
`;

let engine: Engine;
let ssm: LocalApi;
let project: Project;
beforeEach(async () => {
  engine = await startEngine();
  project = new Project();
  await project.init();
  project.write("prompts/support/classifier.yaml", promptFile("support.classifier", 1));
  await project.commit("a prompt");
  await ensureTable(connect({ endpoint: engine.endpoint }), OUTPUTS.table);
  Object.assign(project.env, {
    GITHUB_ACTOR: "octocat",
    AWS_ACCESS_KEY_ID: "AKIA",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
  });
});
afterEach(async () => {
  await ssm[Symbol.asyncDispose]();
  project[Symbol.dispose]();
  await engine.stop();
});

/** Starts the account's parameters. */
async function answering(...replies: readonly Reply[]): Promise<void> {
  ssm = await LocalApi.start(...replies);
  project.env.AWS_ENDPOINT_URL_SSM = ssm.url;
}

/** Where a request was signed for. */
const regionsAsked = () =>
  ssm.received.map(({ headers }) => /\/([\w-]+)\/ssm\//.exec(String(headers.authorization))?.[1]);

describe("--stage", () => {
  test("finds the table, the bucket and the region, whatever the environment says", async () => {
    await answering(parameter());
    Object.assign(project.env, {
      AWS_REGION: "us-east-1",
      PROMPTOPS_TABLE: "another-table",
      PROMPTOPS_BLOBS: "s3://another-bucket",
      PROMPTOPS_ENDPOINT: "http://127.0.0.1:1",
      PROMPTOPS_SNAPSHOT: "another.jsonl",
      PROMPTOPS_EVENTS_STREAM: "another-stream",
    });
    expect(await project.promptops("sync", "--stage", "production")).toMatchObject({ code: 0 });
    expect(await project.json("log", "--stage", "production")).toMatchObject([{ actor: "github:octocat" }]);
    expect(ssm.received[0]?.body).toEqual({ Name: "/promptops/production" });
    expect(regionsAsked()).toEqual(["us-east-1", "us-east-1"]);

    const print = "console.log(JSON.stringify(process.env))";
    const { stdout } = await project.promptops("exec", "--stage", "production", "--", "node", "-e", print);
    const passedOn = JSON.parse(stdout) as Record<string, string>;
    expect(passedOn).toMatchObject({
      AWS_REGION: "eu-central-1",
      PROMPTOPS_TABLE: OUTPUTS.table,
      PROMPTOPS_BLOBS: OUTPUTS.blobs,
      PROMPTOPS_EVENTS_STREAM: OUTPUTS.eventsStream,
    });
    expect(passedOn).not.toHaveProperty("PROMPTOPS_ENDPOINT");
    expect(passedOn).not.toHaveProperty("PROMPTOPS_SNAPSHOT");
  });

  test("keeps large prompts in the stage's bucket", async () => {
    await answering(parameter());
    const s3 = new S3Server(OUTPUTS.blobs.replace("s3://", ""));
    Object.assign(project.env, { AWS_REGION: "eu-central-1", AWS_ENDPOINT_URL_S3: await s3.start() });
    try {
      const template = "Be helpful. ".repeat(10_000);
      project.write("prompts/support/large.yaml", promptFile("support.large", 1, { template }));
      expect(await project.promptops("sync", "--stage", "production")).toMatchObject({ code: 0 });
      expect([...s3.objects.keys()]).toEqual([expect.stringMatching(/^blobs\/sha256\/[0-9a-f]{64}$/)]);
      const { stdout } = await project.promptops("render", "support.large", "--stage", "production");
      expect(stdout).toContain("Be helpful. Be helpful.");
    } finally {
      await s3.stop();
    }
  });

  test("knows the region of what was deployed from this folder", async () => {
    await answering(parameter());
    project.write(".sst/outputs.json", JSON.stringify(OUTPUTS));
    expect(await project.promptops("sync", "--stage", "production")).toMatchObject({ code: 0 });
    expect(regionsAsked()).toEqual(["eu-central-1"]);
  });

  test("takes what was deployed from this folder where the account does not say", async () => {
    await answering(refusal("AccessDeniedException"));
    project.write(".sst/outputs.json", JSON.stringify(OUTPUTS));
    expect(await project.promptops("list", "--stage", "production")).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^note: the account does not say .*AccessDeniedException.* on 20\d\d-/),
    });
    project.write(".sst/outputs.json", JSON.stringify({ ...OUTPUTS, stage: "ada" }));
    project.env.AWS_REGION = "eu-central-1";
    expect(await project.promptops("list", "--stage", "production")).toMatchObject({ code: 3 });
  });

  test("asks Athena about the stage's events", async () => {
    await answering(parameter());
    const athena = new AthenaServer(() => ({
      columns: [{ name: "n", type: "bigint" }],
      rows: [["7"]],
    }));
    Object.assign(project.env, {
      AWS_REGION: "eu-central-1",
      AWS_ENDPOINT_URL_ATHENA: await athena.start(),
      PROMPTOPS_ATHENA_DATABASE: "another",
      PROMPTOPS_ATHENA_TABLE: "another",
    });
    try {
      const asked = ["events", "query", "SELECT COUNT(*) AS n FROM events", "--stage", "production"];
      expect(await project.json(...asked)).toEqual([{ n: 7 }]);
      expect(athena.queries).toMatchObject([
        {
          WorkGroup: OUTPUTS.eventsWorkgroup,
          QueryExecutionContext: { Database: OUTPUTS.eventsDatabase },
        },
      ]);
      expect(athena.queries[0]?.QueryString).toContain('FROM "events"');
    } finally {
      await athena.stop();
    }
  });

  test("starts a job on the stage's state machine", async () => {
    await answering(parameter());
    project.install();
    project.write("label.job.ts", JOB);
    const s3 = new S3Server(OUTPUTS.batchBucket);
    s3.objects.set("tickets.jsonl", Buffer.from('{"text":"Hello"}\n'));
    await using sfn = await LocalApi.start(
      replyJson(200, { executionArn: "arn:aws:states:::execution:run", startDate: 1 }),
    );
    Object.assign(project.env, {
      AWS_REGION: "eu-central-1",
      AWS_ENDPOINT_URL_S3: await s3.start(),
      AWS_ENDPOINT_URL_SFN: sfn.url,
      PROMPTOPS_BATCH_STATE_MACHINE: OUTPUTS.stateMachine.replace("production", "another"),
    });
    try {
      expect(await project.promptops("sync", "--stage", "production")).toMatchObject({ code: 0 });
      const bucket = `s3://${OUTPUTS.batchBucket}`;
      const files = ["--input", `${bucket}/tickets.jsonl`, "--output", `${bucket}/runs/1`];
      const ran = await project.promptops("batch", "start", "label", ...files, "--stage", "production");
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(sfn.received).toMatchObject([{ body: { stateMachineArn: OUTPUTS.stateMachine } }]);
    } finally {
      await s3.stop();
    }
  });

  test.each([
    ["is not there", refusal("ParameterNotFound"), 1, "there is no stage production in eu-central-1"],
    [
      "another release deployed",
      parameter({ ...OUTPUTS, table: undefined, blobs: undefined }),
      1,
      "deployed by another release: it lacks table, blobs",
    ],
    ["the caller may not ask for", refusal("AccessDeniedException"), 3, "ssm:GetParameter"],
    ["the caller's session has ended for", refusal("ExpiredTokenException"), 3, "aws sso login"],
    ["nobody answers for", replyJson(500, { __type: "InternalServerError" }), 3, "cannot be read"],
  ])("says of a stage that %s what to do", async (_, reply, code, words) => {
    await answering(reply);
    project.env.AWS_REGION = "eu-central-1";
    const ran = await project.promptops("list", "--stage", "production");
    expect(ran).toMatchObject({ code, stdout: "" });
    expect(ran.stderr).toContain(words);
  });

  test("can be rolled back where another release deployed it, which did not say all that this one asks", async () => {
    await answering(parameter({ ...OUTPUTS, bedrockRole: undefined, eventsDatabase: undefined }));
    project.env.AWS_REGION = "eu-central-1";
    expect(await project.promptops("sync", "--stage", "production")).toMatchObject({ code: 0 });
    const pin = ["pin", "support.classifier#1", "--reason", "hold", "--stage", "production"];
    expect(await project.promptops(...pin)).toMatchObject({ code: 0 });
    for (const command of [["doctor"], ["events", "stats"]]) {
      const ran = await project.promptops(...command, "--stage", "production");
      expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("bedrockRole, eventsDatabase") });
    }
  });

  test("does not wait for ever", async () => {
    await answering(noReply);
    project.write(".sst/outputs.json", JSON.stringify(OUTPUTS));
    const ran = await project.promptops("list", "--stage", "production");
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("the account does not say") });
  });

  test("takes an empty AWS_REGION for none", async () => {
    await answering(parameter());
    project.write(".sst/outputs.json", JSON.stringify(OUTPUTS));
    project.env.AWS_REGION = "";
    expect(await project.promptops("list", "--stage", "production")).toMatchObject({ code: 0, stderr: "" });
    expect(regionsAsked()).toEqual(["eu-central-1"]);
  });

  test("asks for credentials where there are none", async () => {
    await answering(parameter());
    delete project.env.AWS_ACCESS_KEY_ID;
    Object.assign(project.env, { AWS_REGION: "eu-central-1", AWS_EC2_METADATA_DISABLED: "true" });
    const ran = await project.promptops("list", "--stage", "production");
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining("AWS_PROFILE") });
  });

  test("asks for a region where nothing names one", async () => {
    await answering(parameter());
    const ran = await project.promptops("list", "--stage", "production");
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("Set AWS_REGION.") });
  });
});
