import { createPromptClient } from "@promptops/core";
import { MemoryLedger } from "@promptops/core/memory";
import handlebars from "handlebars";
import mustache from "mustache";
import { runProgram } from "./child.ts";
import { LangfuseServer, langfuseClient } from "./langfuse-server.ts";
import { type Bench, interleave, type Measure, type Row } from "./measure.ts";
import { definitionOf, fill, valuesFor, variableNames } from "./prompts.ts";

/** How many sets of values take turns. */
const SETS = 64;
const ROUNDS = 11;
const SIZES = [
  { what: "5 in 1.5 KB", id: "bench.small", size: 1_500, variables: 5, renders: 20_000 },
  { what: "50 in 20 KB", id: "bench.large", size: 20_000, variables: 50, renders: 2_000 },
];

/**
 * One prompt rendered again and again, each time with other values, by what each contender keeps of it when it is
 * warm. The text is written into a buffer as Latin-1, so that nobody gets away with a text not yet put together. The
 * limit gets its values in an array and checks nothing. The heap kept is that of 2,000 renderers, each used once, in
 * a process of its own.
 */
export const bench: Bench = async () => {
  const rows: Row[] = [];
  for (const { what, id, size, variables, renders } of SIZES) {
    const names = variableNames(variables);
    const contenders = await contendersFor(id, size, names);
    const sets = Array.from({ length: SETS }, (_, set) => valuesFor(names, set));
    const expected = sets.map((values) => contenders.mustache?.(values));
    const measures = Object.entries(contenders).map(([name, render]) => {
      if (sets.some((values, set) => render(values) !== expected[set])) throw new Error(`${name} differs`);
      return [`${what}, ${name}`, perRender(render, sets, renders)] as const;
    });
    const parts = concatenation(definitionOf(id, size, variables).template ?? "");
    const arrays = sets.map((values) => Object.values(values));
    if (arrays.some((values, set) => parts(values) !== expected[set]))
      throw new Error("concatenation differs");
    const limit = [`${what}, parts concatenated (the limit)`, perRender(parts, arrays, renders)] as const;
    rows.push(...(await interleave(Object.fromEntries([...measures, limit]), ROUNDS, "µs")));
  }
  return [...rows, ...(await memory())];
};

type Render<V> = (values: V) => string;

async function contendersFor(
  id: string,
  size: number,
  names: readonly string[],
): Promise<Record<string, Render<Record<string, string>>>> {
  const definition = definitionOf(id, size, names.length);
  const { template = "" } = definition;
  const ledger = new MemoryLedger();
  await fill(ledger, [definition]);
  const prompt = await createPromptClient({ ledger }).get(id);
  await using server = await LangfuseServer.start([definition]);
  const langfuse = await langfuseClient(server.url).prompt.get(id, { type: "text" });
  const plain = { escape: String };
  const precompiled = handlebars.compile<Record<string, string>>(template, { noEscape: true });
  return {
    PromptOps: (values) => prompt.render(values).text ?? "",
    "handlebars, compiled": (values) => precompiled(values),
    mustache: (values) => mustache.render(template, values, undefined, plain),
    "Langfuse compile": (values) => langfuse.compile(values),
  };
}

/** The template cut once, and nothing but the joining of its parts and the values. */
function concatenation(template: string): Render<readonly string[]> {
  const literals = template.split(/\{\{\w+\}\}/);
  return (values) => {
    let text = literals[0] ?? "";
    for (let at = 0; at < values.length; at += 1) {
      text += values[at];
      text += literals[at + 1];
    }
    return text;
  };
}

/** Microseconds per render. */
function perRender<V>(render: Render<V>, sets: readonly V[], renders: number): Measure {
  const buffer = Buffer.alloc(64 * 1024);
  return async () => {
    let bytes = 0;
    const started = performance.now();
    for (let at = 0; at < renders; at += 1) bytes += buffer.write(render(sets[at % SETS] as V), 0, "latin1");
    const taken = performance.now() - started;
    if (bytes < renders * 1_000) throw new Error("texts are missing");
    return (taken / renders) * 1_000;
  };
}

/** Bytes on the heap per prompt. */
async function memory(): Promise<readonly Row[]> {
  const program = import.meta.resolve("./render.process.ts");
  const measures = SIZES.map(({ what, size, variables }) => [
    `${what}, PromptOps, heap per renderer`,
    async () => Number(await runProgram(program, [String(size), String(variables)], ["--expose-gc"])),
  ]);
  return interleave(Object.fromEntries(measures), 3, "bytes");
}
