import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Prompt, UserError } from "@promptops/core";
import type { BatchJob, ModelCalls } from "../job.ts";
import type { Batch } from "../runner/cut.ts";

/** Bedrock's own limits for a job, unless a quota says otherwise. */
const FEWEST_RECORDS = 100;
const MOST_RECORDS = 50_000;

/** A record's name for Bedrock: 11 letters and digits. */
export function nameOf(recordId: number): string {
  return `R${String(recordId).padStart(10, "0")}`;
}

/** Bedrock's input, a line for each record that can be asked about. It goes through a file: it may be larger than what should be in memory as objects. @throws UserError `too-few-records`, `too-many-records`. */
export async function questions(
  job: BatchJob,
  batches: AsyncIterable<Batch>,
  prompt: Prompt,
  { request }: ModelCalls,
): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-bedrock-"));
  const path = join(folder, "input.jsonl");
  const file = createWriteStream(path);
  let records = 0;
  try {
    for await (const { items } of batches) {
      for (const { recordId, record, problem } of items) {
        const read = job.input.safeParse(record);
        // The runner will say what is wrong with it.
        if (problem !== undefined || !read.success) continue;
        records += 1;
        const line = JSON.stringify({ recordId: nameOf(recordId), modelInput: request(read.data, prompt) });
        if (!file.write(`${line}\n`)) await once(file, "drain");
      }
    }
    file.end();
    await once(file, "finish");
    if (records < FEWEST_RECORDS || records > MOST_RECORDS) throw wrongNumber(records);
    return readFileSync(path);
  } finally {
    file.destroy();
    rmSync(folder, { recursive: true });
  }
}

function wrongNumber(records: number): UserError {
  const [code, limit] =
    records < FEWEST_RECORDS ? ["too-few-records", FEWEST_RECORDS] : ["too-many-records", MOST_RECORDS];
  return new UserError(
    code as string,
    `Bedrock's batch inference takes ${FEWEST_RECORDS} to ${MOST_RECORDS} records, not ${records}`,
    {
      hint: "Run it without --engine, or divide the input.",
      facts: { records, limit },
    },
  );
}
