import type { BatchOutcome, BatchReceipt, Run, WorkerEvent } from "@promptops/batch";
import { createPromptClient } from "@promptops/core";
import { dynamoLedger } from "@promptops/core/dynamo";
import { appendVersion, candidate, describeEngines, S3Server } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const ID = "customer-support.intent-classifier";
const MESSAGES = ["I was charged twice", "it shows an error", "hello"];

describeEngines((newTable) => {
  let run: Run;
  let lines: Record<string, unknown>[];
  beforeEach(async () => {
    const address = await newTable();
    const ledger = dynamoLedger(address);
    const template = "Name the intent.\n- billing (money)\n- technical (errors)\n- other\n";
    await appendVersion(ledger, candidate({ id: ID, version: 1, template, variables: {} }));
    const { contentHash } = await createPromptClient({ ledger }).get(`${ID}#1`);
    run = {
      runId: "run-1",
      job: "classify-messages",
      prompts: [{ id: ID, version: 1, contentHash, channel: "live", pinSeq: 7 }],
    };
    await appendVersion(
      ledger,
      candidate({ id: ID, version: 2, parent: `${ID}#1`, template: "No labels.", variables: {} }),
    );
    vi.stubEnv("PROMPTOPS_TABLE", address.table);
    vi.stubEnv("PROMPTOPS_ENDPOINT", address.endpoint);
    vi.resetModules();
    lines = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      lines.push(JSON.parse(String(text)));
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  const Items = MESSAGES.map((text, at) => ({ recordId: 40 + at, record: { text } }));
  const invoke = async (event: WorkerEvent) => {
    const { handler } = await import("./batch-worker.ts");
    return handler(event);
  };

  it("processes a batch with the version of the run, whatever is live", async () => {
    const { results, failures } = (await invoke({ BatchInput: { run }, Items })) as BatchOutcome;
    expect(results).toEqual([
      { recordId: 40, result: { text: MESSAGES[0], intent: "billing" } },
      { recordId: 41, result: { text: MESSAGES[1], intent: "technical" } },
      { recordId: 42, result: { text: MESSAGES[2], intent: "other" } },
    ]);
    expect(failures).toEqual([]);
    const told = {
      prompt_version: 1,
      channel: "live",
      pin_seq: 7,
      runtime: "batch",
      job_name: "classify-messages",
      run_id: "run-1",
    };
    expect(lines.filter(({ event }) => event === "prompt_completed")).toEqual(
      Items.map(() => expect.objectContaining(told)),
    );
  });

  it("refuses a version that is not what the run began with", async () => {
    const [prompt] = run.prompts;
    const wrong = {
      ...run,
      prompts: [{ ...(prompt as Run["prompts"][0] & object), contentHash: "0".repeat(64) }],
    };
    await expect(invoke({ BatchInput: { run: wrong }, Items })).rejects.toMatchObject({
      code: "changed-version",
    });
  });

  it("refuses a job that it does not have", async () => {
    const other = { ...run, job: "other" };
    await expect(invoke({ BatchInput: { run: other }, Items })).rejects.toMatchObject({
      code: "unknown-job",
    });
  });

  it("keeps failed records apart", async () => {
    const { results, failures } = (await invoke({
      BatchInput: { run },
      Items: [...Items, { recordId: 43, record: { message: "no text" } }],
    })) as BatchOutcome;
    expect(results).toHaveLength(3);
    expect(failures).toEqual([expect.objectContaining({ recordId: 43, input: { message: "no text" } })]);
  });

  describe("with results on S3", () => {
    const server = new S3Server("bucket");
    beforeEach(async () => {
      vi.stubEnv("AWS_ENDPOINT_URL_S3", await server.start());
      for (const name of ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
        vi.stubEnv(name, "local");
      server.objects.clear();
    });
    afterEach(() => server.stop());

    it("puts a batch there once, though the engine runs it twice", async () => {
      const event = { BatchInput: { run, results: "s3://bucket/runs/1" }, Items };
      const receipt = (await invoke(event)) as BatchReceipt;
      expect(receipt).toEqual({
        batch: 40,
        results: 3,
        failures: 0,
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
        file: "s3://bucket/runs/1/batches/000000000040.jsonl",
      });
      const [stored] = server.objects.values();
      expect(String(stored).split("\n")[1]).toBe(
        `{"record_id":40,"text":"${MESSAGES[0]}","intent":"billing"}`,
      );
      const called = lines.length;
      expect(await invoke(event)).toEqual(receipt);
      expect(lines).toHaveLength(called);
      expect([...server.objects.values()]).toEqual([stored]);
    });
  });
});
