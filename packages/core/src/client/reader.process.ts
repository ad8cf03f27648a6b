import { createInterface } from "node:readline";
import { createPromptClient } from "./client.ts";

/** For tests: reads a prompt for each line of stdin, with windows of a second in all. */
const client = createPromptClient({ ttlMs: 500, staleWhileRevalidateMs: 500 });
for await (const _ of createInterface({ input: process.stdin })) {
  const { version, source, ageMs } = await client.get("support.classifier");
  process.stdout.write(`${JSON.stringify({ version, source, ageMs })}\n`);
}
