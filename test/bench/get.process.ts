import { createPromptClient } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { definitions, fill } from "./prompts.ts";

/** `get.process.ts <peek-version|peek-channel>`: prints how many bytes one read allocates. */
const [what = ""] = process.argv.slice(2);

const WARM_UP = 2_000_000;
const READS = 1_000_000;

const prompts = definitions(1_000);
const ledger = new MemoryLedger();
await fill(ledger, prompts);
const client = createPromptClient({ ledger, ttlMs: 3_600_000 });
const keys = prompts.map(({ id }) => (what === "peek-version" ? `${id}#1` : id));
await client.prefetch(keys);

read(WARM_UP);
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const sum = read(READS);
const after = process.memoryUsage().heapUsed;
if (sum !== READS) throw new Error(`${sum} prompts of ${READS} were read`);
process.stdout.write(String((after - before) / READS));

function read(times: number): number {
  let sum = 0;
  for (let at = 0; at < times; at += 1) sum += client.peek(keys[at % 1_000] ?? "")?.version ?? 0;
  return sum;
}
