import { createPromptClient, ServiceError, sendEventsTo } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { appendVersion, version } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineBatchJob, type RecordContext } from "./job.ts";
import { type BatchSettings, type Item, processBatch } from "./process-batch.ts";
import { choosePrompts, openPrompts, type Run } from "./run.ts";
import { Slots } from "./slots.ts";

const ID = "support.classifier";

type Process = (record: { n: number }, context: RecordContext) => unknown;

/** A job that does what is given. What it returns is checked when it runs. */
const jobOf = (process: Process) =>
  defineBatchJob({
    name: "double",
    prompt: ID,
    input: z.object({ n: z.coerce.number() }),
    output: z.looseObject({ twice: z.number() }),
    process: (record, context) => process(record, context) as { twice: number },
  });
const double: Process = ({ n }) => ({ twice: 2 * n });
const items = (count: number): readonly Item[] =>
  Array.from({ length: count }, (_, recordId) => ({ recordId, record: { n: String(recordId) } }));

let run: Run;
let settings: BatchSettings;
let waits: number[];
let lines: Record<string, unknown>[];

beforeEach(async () => {
  const ledger = new MemoryLedger();
  await appendVersion(ledger, version(ID, 1));
  const client = createPromptClient({ ledger });
  run = { runId: "run-1", job: "double", prompts: await choosePrompts(jobOf(double), client, "live") };
  waits = [];
  lines = [];
  sendEventsTo((line) => lines.push(JSON.parse(line)));
  settings = {
    prompts: await openPrompts(run, client),
    slots: new Slots(3),
    retries: { attempts: 3, wait: async (ms) => void waits.push(ms) },
    signal: new AbortController().signal,
  };
});
afterEach(() => sendEventsTo());

const processed = (process: Process, records = items(5), given: Partial<BatchSettings> = {}) =>
  processBatch(jobOf(process), run, records, { ...settings, ...given });

describe("processBatch", () => {
  it("gives a result for each record, in their order, whichever ends first", async () => {
    const done: number[] = [];
    const { results, failures, left } = await processed(async ({ n }) => {
      if (n === 0) await new Promise((turn) => setImmediate(turn));
      done.push(n);
      return { twice: 2 * n };
    });
    expect(done).not.toEqual([0, 1, 2, 3, 4]);
    expect(results).toEqual(items(5).map(({ recordId }) => ({ recordId, result: { twice: 2 * recordId } })));
    expect({ failures, left }).toEqual({ failures: [], left: [] });
  });

  it("has no more records under way than there are slots, in all batches that share them", async () => {
    let underWay = 0;
    let most = 0;
    const process: Process = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((turn) => setImmediate(turn));
      underWay -= 1;
      return { twice: 0 };
    };
    await Promise.all([processed(process, items(10)), processed(process, items(10))]);
    expect(most).toBe(3);
  });

  it("hands the job its prompt, the run and the record's number, and logs its calls as the run's", async () => {
    const contexts: RecordContext[] = [];
    const { usage } = await processed((record, context) => {
      contexts.push(context);
      return context.observe({ session_id: "s" }, (event) => {
        Object.assign(event, { input_tokens: 10, output_tokens: 2, cost_usd: 0.5 });
        return double(record, context);
      });
    }, items(2));
    expect(contexts[1]).toMatchObject({ runId: "run-1", recordId: 1, attempt: 1 });
    expect(contexts[1]?.prompt).toMatchObject({ id: ID, version: 1, channel: "live" });
    expect(usage).toEqual({ inputTokens: 20, outputTokens: 4, costUsd: 1 });
    const told = { prompt_id: ID, runtime: "batch", job_name: "double", run_id: "run-1", session_id: "s" };
    expect(lines.filter(({ event }) => event === "prompt_completed")).toEqual([
      expect.objectContaining({ ...told, channel: "live", extra: '{"record_id":0}', cost_usd: 0.5 }),
      expect.objectContaining({ ...told, channel: "live", extra: '{"record_id":1}', cost_usd: 0.5 }),
    ]);
  });

  it("tries again after a ServiceError, later each time, and counts what every try took", async () => {
    const { results, usage } = await processed(
      (record, { attempt, observe }) =>
        observe({}, (event) => {
          event.cost_usd = 1;
          if (attempt < 3) throw new ServiceError("provider-failed", "try again");
          return { twice: 2 * record.n };
        }),
      items(1),
    );
    expect(results).toHaveLength(1);
    expect(usage.costUsd).toBe(3);
    const [first = 0, second = 0] = waits;
    expect(first).toBeGreaterThanOrEqual(500);
    expect(first).toBeLessThanOrEqual(1_000);
    expect(second).toBeGreaterThanOrEqual(1_000);
    expect(second).toBeLessThanOrEqual(2_000);
  });

  it.each<readonly [string, Process, unknown]>([
    [
      "a ServiceError at every try",
      () => {
        throw new ServiceError("provider-failed", "no answer");
      },
      { error: { code: "provider-failed", message: "no answer" }, attempts: 3, passing: true },
    ],
    [
      "a fault of the job",
      () => {
        throw new TypeError("x is not a function");
      },
      { error: { code: "TypeError", message: "x is not a function" }, attempts: 1, passing: false },
    ],
    [
      "a result that is none",
      () => ({ twice: "two" }),
      { error: { code: "malformed-result", message: expect.stringContaining("twice:") }, attempts: 1 },
    ],
    [
      "a result with the run's own field",
      () => ({ twice: 2, record_id: 7 }),
      { error: { code: "malformed-result", message: expect.stringContaining("record_id") } },
    ],
  ])("fails a record for %s, and keeps what went in", async (_, process, expected) => {
    const { results, failures } = await processed(
      (record, context) => (record.n === 1 ? process(record, context) : double(record, context)),
      items(3),
    );
    expect(results.map(({ recordId }) => recordId)).toEqual([0, 2]);
    expect(failures).toEqual([expect.objectContaining({ recordId: 1, input: { n: "1" } })]);
    expect(failures[0]).toMatchObject(expected as object);
  });

  it("does not call the job for what is no record", async () => {
    const { failures } = await processed(
      () => expect.unreachable(),
      [
        { recordId: 0, record: { m: 1 } },
        { recordId: 1, record: "{", problem: "the line is not JSON" },
      ],
    );
    expect(failures).toEqual([
      expect.objectContaining({
        recordId: 0,
        attempts: 0,
        error: expect.objectContaining({ code: "malformed-record" }),
      }),
      expect.objectContaining({ recordId: 1, attempts: 0, input: "{" }),
    ]);
  });

  it("leaves what was not begun when it is to stop, and ends what was", async () => {
    const stop = new AbortController();
    const { results, left } = await processed(
      async (record, context) => {
        if (record.n === 3) stop.abort();
        return double(record, context);
      },
      items(100),
      { stop: stop.signal },
    );
    const ends = [...results, ...left].map(({ recordId }) => recordId).toSorted((a, b) => a - b);
    expect(ends).toEqual(items(100).map(({ recordId }) => recordId));
    expect(results.length).toBeGreaterThanOrEqual(4);
    expect(left.length).toBeGreaterThan(0);
  });

  it("counts a record that was given up as left, not as failed", async () => {
    const signal = AbortSignal.abort();
    const { failures, left } = await processed(
      (_, context) => context.signal.throwIfAborted() as never,
      items(2),
      { signal },
    );
    expect(failures).toEqual([]);
    expect(left).toHaveLength(2);
  });

  it("gives the same for the same records, one by one or together", async () => {
    const process: Process = ({ n }, context) =>
      n % 3 === 0 ? Promise.reject(new Error("third")) : double({ n }, context);
    const together = await processed(process, items(20));
    const apart = [];
    for (const item of items(20)) apart.push(await processed(process, [item], { slots: new Slots(1) }));
    expect(apart.flatMap(({ results }) => results)).toEqual(together.results);
    expect(apart.flatMap(({ failures }) => failures)).toEqual(together.failures);
  });
});

describe("defineBatchJob", () => {
  it.each(["", "A", "a b", "a_b", "-a", "a".repeat(41)])("refuses the name %j", (name) => {
    const spec = { prompt: ID, input: z.unknown(), output: z.object({}), process: () => ({}) };
    expect(() => defineBatchJob({ ...spec, name })).toThrow(
      expect.objectContaining({ code: "malformed-job" }),
    );
  });
});
