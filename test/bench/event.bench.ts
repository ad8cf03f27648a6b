import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contender } from "./child.ts";
import { type Bench, interleave, type Row } from "./measure.ts";

const ROUNDS = 9;
const CONTENDERS = {
  "PromptOps, logPromptEvent": "promptops",
  "pino, sync": "pino",
  "console.log(JSON.stringify())": "console",
  "Powertools logger": "powertools",
  "a ready buffer written (the limit)": "limit",
};
const OUTPUTS = ["file", "pipe"] as const;

/**
 * One event line of a prompt call with six fields of the caller's, the same fields by every contender. Each is a
 * process of its own that writes 10,000 lines in a round to its stdout: a file in the temporary folder, and then a
 * pipe that is read. The lines in the files are checked afterwards.
 */
export const bench: Bench = async () => {
  const rows: Row[] = [];
  for (const output of OUTPUTS) rows.push(...(await measure(output)));
  return rows;
};

async function measure(output: (typeof OUTPUTS)[number]): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-bench-"));
  const program = import.meta.resolve("./event.process.ts");
  try {
    await using running = new AsyncDisposableStack();
    const measures = Object.entries(CONTENDERS).map(([name, contender]) => {
      const file = openSync(join(folder, contender), "w");
      running.defer(() => closeSync(file));
      const child = running.use(new Contender(program, [contender], output === "file" ? file : "pipe"));
      return [`${name}, to a ${output}`, child.measure] as const;
    });
    const rows = await interleave(Object.fromEntries(measures), ROUNDS, "µs");
    if (output === "file") checkLines(folder);
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws Error when what was written is not events, each on its line, with all the fields that ours has. */
function checkLines(folder: string): void {
  const fieldsOf = (contender: string) => {
    const lines = readFileSync(join(folder, contender), "utf8").trimEnd().split("\n");
    if (lines.length < 10_000 * ROUNDS) throw new Error(`${contender} wrote ${lines.length} lines`);
    return Object.keys(JSON.parse(lines.at(-1) ?? "") as object);
  };
  const ours = fieldsOf(CONTENDERS["PromptOps, logPromptEvent"]);
  for (const contender of Object.values(CONTENDERS)) {
    const fields = new Set(fieldsOf(contender));
    const missing = ours.filter((field) => !fields.has(field));
    if (missing.length > 0) throw new Error(`${contender} writes no ${missing.join(", ")}`);
  }
}
