import { createPromptClient } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { startEngine } from "@promptops/local";
import { runProgram } from "./child.ts";
import { LANGFUSE_TTL, LangfuseServer, langfuseClient } from "./langfuse-server.ts";
import { type Bench, interleave, type Measure, type Row } from "./measure.ts";
import { createParametersTable, parameters } from "./parameters-table.ts";
import { definitions, fill } from "./prompts.ts";

const PROMPTS = definitions(1_000);
const READS = 100_000;
const ROUNDS = 11;

/**
 * Warm reads of 1,000 prompts, one after the other, 100,000 in a round. Every contender has all prompts in its cache
 * before the first round, filled over HTTP where it fills itself so, and sums up the versions that it gets, so that
 * no read can be left out. What a read allocates is measured in a process of its own, as the growth of the heap over
 * many reads without a garbage collection in between.
 */
export const bench: Bench = async () => {
  await using server = await LangfuseServer.start(PROMPTS);
  const engine = await startEngine();
  try {
    await createParametersTable(engine.endpoint, PROMPTS);
    const contenders = {
      ...limits(),
      ...(await ours()),
      ...(await langfuse(server.url)),
      ...(await powertools(engine.endpoint)),
    };
    return [...(await interleave(contenders, ROUNDS, "ns")), ...(await allocations())];
  } finally {
    await engine.stop();
  }
};

/** Nanoseconds per read; `read` does {@link READS} reads and gives the sum of the versions, which are all 1. */
function perRead(read: () => number | Promise<number>): Measure {
  return async () => {
    const started = performance.now();
    const sum = await read();
    const taken = performance.now() - started;
    if (sum !== READS) throw new Error(`${sum} prompts of ${READS} were read`);
    return (taken / READS) * 1e6;
  };
}

const IDS = PROMPTS.map(({ id }) => id);
/** Which of 1,000 keys the nth read is of. */
const keyAt = (keys: readonly string[], read: number) => keys[read % 1_000] as string;

/** Each contender has a loop of its own, so that one does not spoil how another is compiled. */
function limits(): Record<string, Measure> {
  const map = new Map(PROMPTS.map((prompt) => [prompt.id, prompt]));
  const held = new Map(PROMPTS.map((prompt) => [prompt.id, Promise.resolve(prompt)]));
  const nothing = async () => 1;
  return {
    "Map.get": perRead(() => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += map.get(keyAt(IDS, read))?.version ?? 0;
      return sum;
    }),
    "an async function that does nothing, awaited": perRead(async () => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += await nothing();
      return sum;
    }),
    "Map.get of a promise, awaited": perRead(async () => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += (await held.get(keyAt(IDS, read)))?.version ?? 0;
      return sum;
    }),
    "Map.get, awaited": perRead(async () => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += (await map.get(keyAt(IDS, read)))?.version ?? 0;
      return sum;
    }),
  };
}

async function ours(): Promise<Record<string, Measure>> {
  const ledger = new MemoryLedger();
  await fill(ledger, PROMPTS);
  const client = createPromptClient({ ledger, ttlMs: 3_600_000 });
  const refs = IDS.map((id) => `${id}#1`);
  await client.prefetch([...IDS, ...refs]);
  return {
    'PromptOps, peek("id#n")': perRead(() => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += client.peek(keyAt(refs, read))?.version ?? 0;
      return sum;
    }),
    "PromptOps, peek(id), by channel": perRead(() => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += client.peek(keyAt(IDS, read))?.version ?? 0;
      return sum;
    }),
    'PromptOps, await get("id#n")': perRead(async () => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += (await client.get(keyAt(refs, read))).version;
      return sum;
    }),
    "PromptOps, await get(id), by channel": perRead(async () => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += (await client.get(keyAt(IDS, read))).version;
      return sum;
    }),
  };
}

async function langfuse(url: string): Promise<Record<string, Measure>> {
  const { prompt } = langfuseClient(url);
  const exact = { ...LANGFUSE_TTL, version: 1 };
  const labelled = { ...LANGFUSE_TTL, label: "production" };
  for (const id of IDS) {
    await prompt.get(id, exact);
    await prompt.get(id, labelled);
  }
  return {
    "Langfuse, await prompt.get by version": perRead(async () => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += (await prompt.get(keyAt(IDS, read), exact)).version;
      return sum;
    }),
    "Langfuse, await prompt.get by label": perRead(async () => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1)
        sum += (await prompt.get(keyAt(IDS, read), labelled)).version;
      return sum;
    }),
  };
}

async function powertools(endpoint: string): Promise<Record<string, Measure>> {
  const get = parameters(endpoint);
  for (const id of IDS) await get(id);
  return {
    "Powertools, await DynamoDBProvider.get": perRead(async () => {
      let sum = 0;
      for (let read = 0; read < READS; read += 1) sum += (await get(keyAt(IDS, read))).version;
      return sum;
    }),
  };
}

/** Bytes that one read leaves on the heap. */
async function allocations(): Promise<readonly Row[]> {
  const program = import.meta.resolve("./get.process.ts");
  // The young generation is made large enough for no collection to come in between.
  const flags = ["--expose-gc", "--max-semi-space-size=256", "--min-semi-space-size=256"];
  const measure = (what: string) => async () => Number(await runProgram(program, [what], flags));
  return interleave(
    {
      'PromptOps, allocated by peek("id#n")': measure("peek-version"),
      "PromptOps, allocated by peek(id)": measure("peek-channel"),
    },
    3,
    "bytes",
  );
}
