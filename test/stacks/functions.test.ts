import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningFunction, startFunction, unzip } from "@promptops/artifacts";
import { dynamoLedger } from "@promptops/core/dynamo";
import {
  appendDraft,
  appendVersion,
  CloudWatchServer,
  candidate,
  describeEngines,
  LocalApi,
  pinTo,
  replyJson,
} from "@promptops/testing";
import { afterAll, afterEach, expect, it } from "vitest";
import { describeProgram, inputsOf, resourcesOf } from "./describe-program.ts";
import type { Evaluation } from "./evaluate.ts";
import { SHIPPED, STAGE_KINDS } from "./stages.ts";
import { createTableOf } from "./table-request.ts";

const FUNCTION = "aws:lambda/function:Function";
const folder = mkdtempSync(join(tmpdir(), "promptops-functions-"));
const started: RunningFunction[] = [];
afterEach(async () => {
  for (const fn of started.splice(0)) await fn.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What Bedrock answers: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const BILLING = replyJson(200, {
  metrics: { latencyMs: 400 },
  output: { message: { role: "assistant", content: [{ text: "billing" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 200, outputTokens: 4, totalTokens: 204 },
});

/** What Lambda adds to a function's own environment, and where the services are that stand in for AWS. */
const IN_LAMBDA = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "ASIATEST",
  AWS_SECRET_ACCESS_KEY: "secret",
};

/** Starts a function as the program would deploy it: the zip file that was uploaded, its layers, its environment. */
function start(
  evaluation: Evaluation,
  name: string,
  local: Readonly<Record<string, string>>,
): RunningFunction {
  const inputs = inputsOf(evaluation, FUNCTION, `${name}Function`);
  const code = join(folder, `${name}-${started.length}`);
  unzip(archiveOf(inputsOf(evaluation, "aws:s3/bucketObjectv2:BucketObjectv2", `${name}Code`).source), code);
  const { variables } = inputs.environment as { variables: Readonly<Record<string, string>> };
  const fn = startFunction({
    name: inputs.name as string,
    folder: code,
    handler: inputs.handler as string,
    environment: { ...variables, ...IN_LAMBDA, ...local },
    ...(inputs.layers !== undefined && {
      layer: archiveOf(inputsOf(evaluation, "aws:lambda/layerVersion:LayerVersion", "Layer").code),
    }),
    timeoutMs: Number(inputs.timeout) * 1000,
  });
  started.push(fn);
  return fn;
}

/** Code is an archive: the provider refuses a file, which has the same type in TypeScript. */
function archiveOf(code: unknown): string {
  return (code as { readonly archive: string }).archive;
}

describeProgram("the functions", (on) => {
  it.each(STAGE_KINDS)("run on a %s stage as the rules say", (kind) => {
    const functions = resourcesOf(on(kind), FUNCTION);
    expect(functions.map(({ name }) => name)).toEqual([
      "BatchWorkerFunction",
      "IntentClassifierFunction",
      "PinsOnDashboardFunction",
    ]);
    for (const { name, inputs } of functions) {
      expect(inputs).toMatchObject({
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        packageType: "Zip",
        loggingConfig: { logFormat: "JSON", logGroup: `/aws/lambda/${inputs.name}` },
        environment: {
          variables: {
            PROMPTOPS_TABLE: on(kind).outputs.table,
            PROMPTOPS_BLOBS: on(kind).outputs.blobs,
          },
        },
      });
      const callsModels = name !== "PinsOnDashboardFunction";
      expect(inputs.layers).toEqual(callsModels ? [on(kind).outputs.layer] : undefined);
      const { variables } = inputs.environment as { variables: object };
      expect("PROMPTOPS_MODEL_CALLS" in variables).toBe(callsModels);
    }
    const days = { personal: 7, staging: 30, production: 365 }[kind];
    for (const { name } of functions) {
      const group = name.replace(/Function$/, "LogGroup");
      const { retentionInDays } = inputsOf(on(kind), "aws:cloudwatch/logGroup:LogGroup", group);
      expect(retentionInDays).toBe(days);
    }
  });

  it.each(STAGE_KINDS)("have a layer on a %s stage, whose versions others may use for longer", (kind) => {
    const { code, skipDestroy } = inputsOf(on(kind), "aws:lambda/layerVersion:LayerVersion", "Layer");
    expect(archiveOf(code)).toMatch(/promptops-layer\.zip$/);
    expect(skipDestroy).toBe(kind !== "personal");
  });

  it("have no permission that the ledger's reader has not, but to call models", () => {
    const { inlinePolicies } = inputsOf(on("production"), "aws:iam/role:Role", "IntentClassifierRole");
    const [inline, ...others] = inlinePolicies as readonly { readonly policy: string }[];
    expect(others).toEqual([]);
    const { Statement } = JSON.parse(inline?.policy ?? "") as { Statement: { Action: readonly string[] }[] };
    expect(Statement.flatMap(({ Action }) => Action).toSorted()).toEqual([
      "bedrock:InvokeModel",
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:Query",
      "s3:GetObject",
      "s3:ListBucket",
    ]);
  });

  it("are minified ES modules", () => {
    const code = join(folder, "minified");
    unzip(
      archiveOf(
        inputsOf(on("personal"), "aws:s3/bucketObjectv2:BucketObjectv2", "IntentClassifierCode").source,
      ),
      code,
    );
    const text = readFileSync(join(code, "index.mjs"), "utf8");
    expect(text).toMatch(/export\s*\{/);
    expect(text.split("\n").length).toBeLessThan(text.length / 500);
  });

  it("say what they cannot do, each from the zip file that is deployed", async () => {
    const fn = start(on("personal"), "BatchWorker", {});
    const { error } = await fn.invoke({ BatchInput: { run: { job: "nobodys" } }, Items: [] });
    expect(error).toMatchObject({ errorMessage: expect.stringContaining('no job "nobodys"') });
  });

  it("serve what the layer has where the ledger cannot be read", async () => {
    await using bedrock = await LocalApi.start(BILLING);
    const fn = start(on("production"), "IntentClassifier", {
      PROMPTOPS_ENDPOINT: "http://127.0.0.1:1",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    });
    const { payload, logs } = await fn.invoke({ body: JSON.stringify({ message: "I was charged twice" }) });
    expect(payload).toMatchObject({ statusCode: 200 });
    const events = logs.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toContainEqual(
      expect.objectContaining({ event: "prompt_invoked", prompt_id: SHIPPED.id, source: "snapshot" }),
    );
  });

  describeEngines(
    (newTable) => {
      it("answer calls, with the environment that the program gave them", async () => {
        const evaluation = on("personal");
        const table = evaluation.outputs.table as string;
        const { endpoint } = await newTable();
        await createTableOf(inputsOf(evaluation, "aws:dynamodb/table:Table", "Ledger"), { endpoint, table });
        await appendVersion(dynamoLedger({ endpoint, table }), candidate(SHIPPED));
        await using bedrock = await LocalApi.start(BILLING);
        const fn = start(evaluation, "IntentClassifier", {
          PROMPTOPS_ENDPOINT: endpoint,
          AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
        });
        const { payload, error, logs } = await fn.invoke({
          body: JSON.stringify({ message: "I was charged twice" }),
        });
        expect(error).toBeUndefined();
        expect(payload).toMatchObject({
          statusCode: 200,
          body: JSON.stringify({ intent: "billing", prompt_id: SHIPPED.id, prompt_version: 1 }),
        });
        // JSON at the root, with what the call cost: the layer says what models cost.
        const events = logs.map((line) => JSON.parse(line) as Record<string, unknown>);
        expect(events.at(-1)).toMatchObject({ event: "prompt_completed", cost_usd: (200 * 1 + 4 * 5) / 1e6 });
      });

      it("draw pins on each graph of the stage's dashboard, whatever they are called with", async () => {
        const evaluation = on("production");
        const table = evaluation.outputs.table as string;
        const { endpoint } = await newTable();
        await createTableOf(inputsOf(evaluation, "aws:dynamodb/table:Table", "Ledger"), { endpoint, table });
        const ledger = dynamoLedger({ endpoint, table });
        await appendVersion(ledger, candidate(SHIPPED));
        const { at } = await appendDraft(ledger, SHIPPED.id, pinTo(SHIPPED.id, [1, 1]));
        const cloudWatch = new CloudWatchServer();
        try {
          const url = await cloudWatch.start();
          const { dashboardBody } = inputsOf(evaluation, "aws:cloudwatch/dashboard:Dashboard", "Dashboard");
          const name = evaluation.outputs.dashboard as string;
          cloudWatch.dashboards.set(name, dashboardBody as string);
          const fn = start(evaluation, "PinsOnDashboard", {
            PROMPTOPS_ENDPOINT: endpoint,
            AWS_ENDPOINT_URL_CLOUDWATCH: url,
          });
          const fromStream = await fn.invoke({ Records: [{ dynamodb: "poison" }] });
          expect(fromStream.payload).toEqual({ annotations: 1, written: true });
          const { widgets } = JSON.parse(cloudWatch.dashboards.get(name) ?? "") as { widgets: Graph[] };
          expect(widgets).toHaveLength(
            (JSON.parse(dashboardBody as string) as { widgets: [] }).widgets.length,
          );
          const label = `live: ${SHIPPED.id}#1 pinned by ada@example.com`;
          const value = at.replace(/\.\d+Z$/, "Z");
          for (const { properties } of widgets) {
            expect(properties.annotations).toEqual({ vertical: [{ label, value }] });
          }
          const hourly = await fn.invoke({ source: "aws.events" });
          expect(hourly.payload).toEqual({ annotations: 1, written: false });
        } finally {
          await cloudWatch.stop();
        }
      });
    },
    ["dynoxide"],
  );
});

interface Graph {
  readonly properties: { readonly annotations: object };
}
