import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBatchJob } from "@promptops/batch/runner";
import { createPromptClient, type PromptClient, sendEventsTo } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import { appendVersion, candidate } from "@promptops/testing";
import { parse } from "yaml";
import classifyMessages from "../../packages/functions/src/jobs/classify-messages.job.ts";
import { banking77 } from "../banking77.ts";

const PROMPT = new URL("../../prompts/customer_support/intent_classifier.yaml", import.meta.url);

/** The 13,083 messages of Banking77; undefined where the data set is not there. */
export function messages(): readonly string[] | undefined {
  const sets = [banking77("train"), banking77("test")];
  const all = sets.flatMap((set) => set ?? []);
  return all.length === 0 ? undefined : all.map(({ text }) => text);
}

/** The sample job, with this repository's prompt in a ledger in memory, and events that go nowhere. */
export class BatchRun implements Disposable {
  readonly job = classifyMessages;
  readonly client: PromptClient;
  readonly #folder = mkdtempSync(join(tmpdir(), "promptops-bench-"));
  #runs = 0;

  private constructor(client: PromptClient) {
    this.client = client;
  }

  static async open(): Promise<BatchRun> {
    const { id, template } = parse(readFileSync(PROMPT, "utf8")) as { id: string; template: string };
    const ledger = new MemoryLedger();
    await appendVersion(ledger, candidate({ id, template, variables: {} }));
    sendEventsTo(() => {});
    return new BatchRun(createPromptClient({ ledger }));
  }

  /** Writes these messages as the input, over and over until there are so many. */
  input(messages: readonly string[], count: number): string {
    const file = join(this.#folder, `${count}.csv`);
    writeFileSync(file, "text\n");
    for (let written = 0; written < count; written += messages.length) {
      const rows = messages.slice(0, count - written).map((text) => `"${text.replaceAll('"', '""')}"\n`);
      writeFileSync(file, rows.join(""), { flag: "a" });
    }
    return file;
  }

  /** Runs the job as the command does. */
  async run(input: string): Promise<void> {
    this.#runs += 1;
    const output = join(this.#folder, `run-${this.#runs}`);
    await runBatchJob({
      job: this.job,
      input,
      output,
      state: this.#folder,
      client: this.client,
      channel: "live",
      batchSize: 1_000,
      outputFormat: "jsonl",
      concurrency: 8,
      tolerance: { count: 0 },
      stop: new AbortController().signal,
    });
    rmSync(output, { recursive: true });
  }

  [Symbol.dispose](): void {
    sendEventsTo();
    rmSync(this.#folder, { recursive: true });
  }
}
