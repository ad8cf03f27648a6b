import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEngine } from "@promptops/local";
import { Contender } from "./child.ts";
import { LangfuseServer } from "./langfuse-server.ts";
import { type Bench, interleave } from "./measure.ts";
import { createParametersTable } from "./parameters-table.ts";
import { definitions } from "./prompts.ts";
import { createTable } from "./table.ts";

const ROUNDS = 9;
const CONTENDERS = {
  PromptOps: "promptops",
  "Langfuse, compile, console.log": "langfuse",
  "Powertools parameters and logger, replace": "powertools",
  "lru-cache, replace, pino": "lru-cache",
  "Map, concatenation, one write (the limit)": "limit",
};

/**
 * What every model call takes besides the model: a prompt is got, rendered with five values, and an event is logged.
 * 1,000 prompts of 1.5 KB, asked for as unevenly as a Zipf distribution, 10,000 calls in a round. Each contender is a
 * process of its own whose stdout is a file in the temporary folder, and has all prompts in its cache, filled from a
 * server on this machine where it fills itself so; all write the same fields. The text is written into a buffer, as in `render`.
 */
export const bench: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), "promptops-bench-"));
  const prompts = definitions(1_000);
  const engine = await startEngine();
  try {
    await using server = await LangfuseServer.start(prompts);
    const { endpoint } = engine;
    await createTable(endpoint, prompts);
    await createParametersTable(endpoint, prompts);
    await using running = new AsyncDisposableStack();
    const program = import.meta.resolve("./call.process.ts");
    const measures = Object.entries(CONTENDERS).map(([name, contender]) => {
      const file = openSync(join(folder, contender), "w");
      running.defer(() => closeSync(file));
      const args = [contender, endpoint, server.url];
      return [name, running.use(new Contender(program, args, file)).measure] as const;
    });
    const rows = await interleave(Object.fromEntries(measures), ROUNDS, "µs");
    for (const contender of Object.values(CONTENDERS)) checkLines(join(folder, contender));
    return rows;
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true });
  }
};

/** @throws Error when what was written is not a line for each call; each prompt is called once before the first round. */
function checkLines(file: string): void {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const ids = new Set(
    lines.slice(-10_000).map((line) => (JSON.parse(line) as { prompt_id?: string }).prompt_id),
  );
  if (lines.length !== 1_000 + 10_000 * (ROUNDS + 1) || ids.size < 500 || ids.has(undefined)) {
    throw new Error(`${file} has ${lines.length} lines, of ${ids.size} prompts`);
  }
}
