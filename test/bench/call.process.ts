import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { Logger } from "@aws-lambda-powertools/logger";
import { createPromptClient, logPromptEvent } from "@promptops/core";
import type { PromptDefinition } from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import { LRUCache } from "lru-cache";
import { pino } from "pino";
import { answerWith } from "./child.ts";
import { LANGFUSE_TTL, langfuseClient } from "./langfuse-server.ts";
import { milliseconds } from "./measure.ts";
import { parameters } from "./parameters-table.ts";
import { definitions, valuesFor, variableNames } from "./prompts.ts";
import { TABLE } from "./table.ts";

/**
 * `call.process.ts <contender> <engine's endpoint> <Langfuse's address>`: calls prompts, logs to stdout, and tells its
 * parent the microseconds that one call takes.
 */
const [contender = "", endpoint = "", langfuse = ""] = process.argv.slice(2);

const CALLS = 10_000;
const HASH = "c".repeat(64);

const prompts = definitions(1_000);
const ids = prompts.map(({ id }) => id);
const asked = zipf(ids, CALLS);
const names = variableNames(5);
const sets = Array.from({ length: 64 }, (_, set) => valuesFor(names, set));

type Values = Record<string, string>;
/** Gets a prompt, logs a call of it, and gives the text for the model. */
type Call = (id: string, values: Values, call: number) => string | Promise<string>;

/** What the caller adds to the event. */
const extra = (call: number) => ({ latency_ms: 400 + call / 8, label: "billing", session_id: `s-${call}` });

const replace = (template: string, values: Values) =>
  template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");

const CONTENDERS: Readonly<Record<string, () => Promise<Call>>> = {
  async promptops() {
    const client = createPromptClient({ ledger: dynamoLedger({ endpoint, table: TABLE }), ttlMs: 3_600_000 });
    await client.prefetch(ids);
    return async (id, values, call) => {
      const prompt = await client.get(id);
      const { text = "" } = prompt.render(values);
      logPromptEvent("prompt_completed", prompt, extra(call));
      return text;
    };
  },
  async langfuse() {
    const { prompt: cache } = langfuseClient(langfuse);
    const options = { ...LANGFUSE_TTL, type: "text", label: "production" } as const;
    for (const id of ids) await cache.get(id, options);
    return async (id, values, call) => {
      const prompt = await cache.get(id, options);
      const text = prompt.compile(values);
      const { owner, model } = prompt.config as { owner: string; model: string };
      console.log(JSON.stringify(event({ id, version: prompt.version, owner, model }, call)));
      return text;
    };
  },
  async powertools() {
    const get = parameters(endpoint);
    for (const id of ids) await get(id);
    const logger = new Logger({ serviceName: "bench" });
    return async (id, values, call) => {
      const prompt = await get(id);
      const text = replace(prompt.template ?? "", values);
      const { timestamp: _, ...rest } = event(prompt, call);
      logger.info("prompt_completed", rest);
      return text;
    };
  },
  async "lru-cache"() {
    const cache = new LRUCache<string, PromptDefinition>({ max: 2_000, ttl: 3_600_000 });
    for (const prompt of prompts) cache.set(prompt.id, prompt);
    const logger = pino({ base: null, timestamp: false }, pino.destination({ dest: 1, sync: true }));
    return (id, values, call) => {
      const prompt = cache.get(id) as PromptDefinition;
      const text = replace(prompt.template ?? "", values);
      logger.info(event(prompt, call));
      return text;
    };
  },
  async limit() {
    const literals = new Map(prompts.map(({ id, template = "" }) => [id, template.split(/\{\{\w+\}\}/)]));
    const line = (id: string, call: number) =>
      `{"event":"prompt_completed","prompt_id":"${id}","prompt_version":1,"prompt_owner":"customer-support-team",` +
      `"prompt_model":"claude-3-5-sonnet","event_id":"${randomUUID()}","timestamp":"${new Date().toISOString()}",` +
      `"schema_version":1,"content_hash":"${HASH}","channel":"live","source":"memory","age_ms":12,"runtime":"node",` +
      `"latency_ms":${400 + call / 8},"label":"billing","session_id":"s-${call}"}\n`;
    return (id, values, call) => {
      const parts = literals.get(id) ?? [];
      let text = parts[0] ?? "";
      for (let at = 0; at < names.length; at += 1) text += `${values[names[at] ?? ""]}${parts[at + 1]}`;
      writeSync(1, line(id, call));
      return text;
    };
  },
};

/** The fields that our line has, for the others. */
function event(
  { id, version, owner, model }: Pick<PromptDefinition, "id" | "version" | "owner" | "model">,
  call: number,
) {
  return {
    event: "prompt_completed",
    prompt_id: id,
    prompt_version: version,
    prompt_owner: owner,
    prompt_model: model,
    event_id: randomUUID(),
    timestamp: new Date().toISOString(),
    schema_version: 1,
    content_hash: HASH,
    channel: "live",
    source: "memory",
    age_ms: 12,
    runtime: "node",
    ...extra(call),
  };
}

const call = await CONTENDERS[contender]?.();
if (call === undefined) throw new Error(`no such contender: ${contender}`);
await checkTexts(call);
const buffer = Buffer.alloc(16 * 1024);

answerWith(async () => {
  const taken = await milliseconds(async () => {
    for (let at = 0; at < CALLS; at += 1) {
      buffer.write(await call(asked[at] ?? "", sets[at % sets.length] ?? {}, at), 0, "latin1");
    }
  });
  return (taken / CALLS) * 1_000;
});

/** `count` draws, the nth key as often as 1/n says, the same ones in every process. */
function zipf(keys: readonly string[], count: number): readonly string[] {
  const bounds: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= keys.length; rank += 1) {
    total += 1 / rank;
    bounds.push(total);
  }
  let state = 1;
  return Array.from({ length: count }, () => {
    // The linear congruential generator of Numerical Recipes.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const drawn = (state / 2 ** 32) * total;
    return keys[bounds.findIndex((bound) => drawn < bound)] ?? "";
  });
}

/** Calls each prompt once, which also writes the first lines. */
async function checkTexts(call: Call): Promise<void> {
  const [values = {}] = sets;
  for (const [at, { id, template = "" }] of prompts.entries()) {
    if ((await call(id, values, at)) !== replace(template, values)) {
      throw new Error(`${contender} renders ${id} otherwise`);
    }
  }
}
