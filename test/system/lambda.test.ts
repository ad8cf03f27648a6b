import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  buildArtifacts,
  type FunctionOptions,
  type RunningFunction,
  startFunction,
} from "@promptops/artifacts";
import { formatSnapshot } from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import type { Ledger } from "@promptops/core/ledger";
import { sync, takeSnapshot } from "@promptops/registry";
import { candidate, describeEngines, intent, S3Server, type TestTable, version } from "@promptops/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { REPOSITORY } from "./project.ts";

const ID = "support.classifier";
const LARGE = "support.manual";
/** How long an answer is good without asking the ledger, and then for how long while it is asked. */
const WINDOW_MS = 200;

/** A function of another repository: all that it has of this one is the layer. */
const ES_MODULE = `
  import { createPromptClient, logPromptEvent } from "@promptops/core";
  const prompts = createPromptClient({ staleWhileRevalidateMs: ${WINDOW_MS} });
  export const handler = async (id) => {
    const prompt = await prompts.get(id);
    logPromptEvent("prompt_invoked", prompt);
    return { version: prompt.version, source: prompt.source, text: prompt.render({ message: "Hi" }).text };
  };
`;
const COMMON_JS = ES_MODULE.replace(/import (.*) from (".*");/, "const $1 = require($2);").replace(
  "export const handler",
  "exports.handler",
);

const folder = mkdtempSync(join(tmpdir(), "promptops-lambda-"));
const layer = join(folder, "dist/promptops-layer.zip");
const started: RunningFunction[] = [];
beforeAll(async () => {
  await buildArtifacts({ root: REPOSITORY, output: join(folder, "dist") });
});
afterEach(async () => {
  for (const fn of started.splice(0)) await fn.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(options: Partial<FunctionOptions>): RunningFunction {
  const fn = startFunction({ folder, handler: "index.handler", layer, timeoutMs: 20_000, ...options });
  started.push(fn);
  return fn;
}

/** A function with this code and the layer. */
function withCode(file: string, code: string, options: Partial<FunctionOptions>): RunningFunction {
  const own = join(folder, `function-${started.length}`);
  mkdirSync(own, { recursive: true });
  for (const name of ["index.mjs", "index.cjs"]) rmSync(join(own, name), { force: true });
  writeFileSync(join(own, file), code);
  return start({ folder: own, ...options });
}

describeEngines((newTable) => {
  let table: TestTable;
  let ledger: Ledger;
  let environment: Readonly<Record<string, string>>;
  beforeEach(async () => {
    table = await newTable();
    ledger = dynamoLedger(table);
    environment = {
      PROMPTOPS_TABLE: table.table,
      PROMPTOPS_ENDPOINT: table.endpoint,
      PROMPTOPS_TTL_MS: String(WINDOW_MS),
    };
  });

  describe.each([
    ["an ES module", "index.mjs", ES_MODULE],
    ["CommonJS", "index.cjs", COMMON_JS],
  ])("a function that has the layer and is %s", (_, file, code) => {
    test("serves what is published, and asks again after it was frozen for longer than an answer is good", async () => {
      await sync(ledger, [version(ID, 1)], intent);
      const fn = withCode(file, code, { environment });
      const first = await fn.invoke(ID);
      expect(first.payload).toEqual({ version: 1, source: "ledger", text: "Text of version 1: Hi" });
      expect(first.logs.map((line) => JSON.parse(line))).toEqual([
        expect.objectContaining({ event: "prompt_invoked", prompt_id: ID, prompt_version: 1 }),
      ]);
      await sync(ledger, [version(ID, 2)], intent);
      await setTimeout(3 * WINDOW_MS);
      const second = await fn.invoke(ID);
      expect(second).toMatchObject({
        payload: { version: 2, source: "ledger", text: "Text of version 2: Hi" },
        coldStart: false,
      });
    });

    test("says what is wrong where no prompt is to be had", async () => {
      const fn = withCode(file, code, { environment });
      expect((await fn.invoke("support.nothing")).error).toMatchObject({
        errorType: "UserError",
        errorMessage: expect.stringContaining("support.nothing"),
      });
    });

    test("loads what it takes to read a large prompt from S3", async () => {
      const server = new S3Server("large-prompts");
      const blobs = "s3://large-prompts";
      const endpoint = await server.start();
      vi.stubEnv("AWS_ENDPOINT_URL_S3", endpoint);
      try {
        const template = `${"A line of a manual.\n".repeat(30_000)}{{message}}`;
        await sync(dynamoLedger({ ...table, blobs }), [candidate({ id: LARGE, template })], intent);
        expect(server.objects.size).toBe(1);
        const settings = { ...environment, PROMPTOPS_BLOBS: blobs, AWS_ENDPOINT_URL_S3: endpoint };
        const { payload, error } = await withCode(file, code, { environment: settings }).invoke(LARGE);
        expect(error).toBeUndefined();
        expect((payload as { text: string }).text).toBe(template.replace("{{message}}", "Hi"));
      } finally {
        vi.unstubAllEnvs();
        await server.stop();
      }
    });

    test("serves the layer's snapshot where the ledger cannot be reached", async () => {
      await sync(ledger, [version(ID, 1)], intent);
      const snapshot = join(folder, "snapshot.jsonl");
      const output = join(folder, "with-snapshot");
      writeFileSync(snapshot, formatSnapshot(await takeSnapshot(ledger)));
      await buildArtifacts({ root: REPOSITORY, output, snapshot });
      const unreachable = { ...environment, PROMPTOPS_ENDPOINT: "http://127.0.0.1:9" };
      const shipping = { environment: unreachable, layer: join(output, "promptops-layer.zip") };
      const { payload } = await withCode(file, code, shipping).invoke(ID);
      expect(payload).toEqual({ version: 1, source: "snapshot", text: "Text of version 1: Hi" });
      const without = await withCode(file, code, { environment: unreachable }).invoke(ID);
      expect(without.error).toMatchObject({ errorType: "ServiceError" });
    });
  });

  test("the intent classifier answers as it is deployed", async () => {
    const id = "customer-support.intent-classifier";
    const template = "Classify the message into one of:\n- billing\n- technical\n- other\n";
    await sync(ledger, [candidate({ id, template, variables: {} })], intent);
    const fn = start({ folder: join(folder, "dist/functions/intent-classifier"), environment });
    const { payload, logs } = await fn.invoke({ body: '{"message":"I was charged twice"}' });
    expect(payload).toMatchObject({ statusCode: 200 });
    expect(JSON.parse((payload as { body: string }).body)).toMatchObject({
      intent: "billing",
      prompt_id: id,
      prompt_version: 1,
    });
    expect(logs.map((line) => JSON.parse(line).event)).toEqual(["prompt_invoked", "prompt_completed"]);
  });
});
