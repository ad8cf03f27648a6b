import { globSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Bench, Row } from "./measure.ts";

/**
 * `npm run bench -- [suite…] [--json]`: runs the suites named, or all: the files `*.bench.ts` beside this one. Each
 * compares its contenders side by side in this run, in interleaved rounds; figures are medians with their range.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean" } } });
const suites = globSync("*.bench.ts", { cwd: import.meta.dirname })
  .map((file) => basename(file, ".bench.ts"))
  .sort();
const wanted = positionals.length > 0 ? positionals : suites;
const unknown = wanted.filter((name) => !suites.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no such suite: ${unknown.join(", ")}; there are ${suites.join(", ")}\n`);
  process.exit(2);
}

const [load = 0] = loadavg();
if (load > availableParallelism() / 2) {
  process.stderr.write(`the machine is busy (load ${load.toFixed(1)}): take these figures with care\n`);
}

const rows: Row[] = [];
for (const name of wanted) {
  const { bench } = (await import(`./${name}.bench.ts`)) as { bench: Bench };
  const measured = (await bench()).map((row) => ({ ...row, name: `${name}: ${row.name}` }));
  rows.push(...measured);
  if (!values.json) for (const row of measured) process.stdout.write(`${line(row)}\n`);
}
if (values.json) process.stdout.write(`${JSON.stringify({ rows })}\n`);

function line({ name, median, min, max, unit }: Row): string {
  const round = (figure: number) => Number(figure.toPrecision(3)).toLocaleString("en");
  return `${name.padEnd(60)} ${round(median).padStart(10)} ${unit}  (${round(min)} to ${round(max)})`;
}
