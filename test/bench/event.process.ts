import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { Logger } from "@aws-lambda-powertools/logger";
import { createPromptClient, logPromptEvent } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { pino } from "pino";
import { answerWith, drained } from "./child.ts";
import { milliseconds } from "./measure.ts";
import { definitionOf, fill } from "./prompts.ts";

/** `event.process.ts <contender>`: logs events to stdout, and tells its parent the microseconds that one takes. */
const [contender = ""] = process.argv.slice(2);

const LINES = 10_000;

const definition = definitionOf("customer-support.intent-classifier");
const ledger = new MemoryLedger();
await fill(ledger, [definition]);
const prompt = await createPromptClient({ ledger }).get(definition.id);

/** What the caller adds; other figures on every line. */
const extra = (line: number) => ({
  latency_ms: 400 + line / 8,
  input_tokens: 350 + (line % 100),
  output_tokens: 3,
  cost_usd: 0.0011,
  label: "billing",
  session_id: `s-${line}`,
});
/** The fields that our line has, for the others. */
const fields = (line: number) => ({
  event: "prompt_completed",
  prompt_id: prompt.id,
  prompt_version: prompt.version,
  prompt_owner: prompt.owner,
  prompt_model: prompt.model,
  event_id: randomUUID(),
  timestamp: new Date().toISOString(),
  schema_version: 1,
  content_hash: prompt.contentHash,
  channel: prompt.channel,
  source: prompt.source,
  age_ms: prompt.ageMs,
  runtime: "node",
  ...extra(line),
});

interface Contender {
  log(line: number): void;
  /** For those who write to `process.stdout`; the others write to its descriptor, and wait. */
  readonly drained?: () => Promise<void>;
}

const CONTENDERS: Readonly<Record<string, () => Contender>> = {
  promptops: () => ({
    log: (line) => logPromptEvent("prompt_completed", prompt, extra(line)),
    drained,
  }),
  pino() {
    // Its own timestamp, host name and process id are left out, as the other lines have none.
    const logger = pino({ base: null, timestamp: false }, pino.destination({ dest: 1, sync: true }));
    return { log: (line) => logger.info(fields(line)) };
  },
  console: () => ({ log: (line) => console.log(JSON.stringify(fields(line))), drained }),
  powertools() {
    const logger = new Logger({ serviceName: "bench" });
    const log = (line: number) => {
      // It writes a timestamp of its own.
      const { timestamp: _, ...rest } = fields(line);
      logger.info("prompt_completed", rest);
    };
    return { log, drained };
  },
  limit() {
    const ready = Buffer.from(`${JSON.stringify(fields(0))}\n`);
    return { log: () => writeSync(1, ready) };
  },
};

const found = CONTENDERS[contender]?.();
if (found === undefined) throw new Error(`no such contender: ${contender}`);
const { log, drained: wait } = found;

answerWith(async () => {
  const taken = await milliseconds(async () => {
    for (let line = 0; line < LINES; line += 1) {
      log(line);
      // As many as a pipe has room for.
      if (line % 100 === 99) await wait?.();
    }
  });
  return (taken / LINES) * 1_000;
});
