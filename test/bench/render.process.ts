import { compile, type PromptDefinition, type Renderer } from "@promptops/core/domain";
import { definitionOf, valuesFor, variableNames } from "./prompts.ts";

/** `render.process.ts <size> <variables>`: prints how many bytes of the heap a prompt's renderer keeps. */
const [size = 0, variables = 0] = process.argv.slice(2).map(Number);

const PROMPTS = 2_000;

const definitions = Array.from({ length: PROMPTS }, (_, at) => {
  const text = JSON.stringify(definitionOf(`bench.prompt-${at}`, size, variables));
  return JSON.parse(text) as PromptDefinition;
});
const values = valuesFor(variableNames(variables), 0);
const renderers: Renderer[] = [];

globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
let characters = 0;
for (const definition of definitions) {
  const render = compile(definition);
  characters += render(values).text?.length ?? 0;
  renderers.push(render);
}
globalThis.gc?.();
const after = process.memoryUsage().heapUsed;
// The use of all of them after that keeps them until then.
if (characters < PROMPTS * size || renderers.length + definitions.length !== PROMPTS * 2)
  throw new Error("few");
process.stdout.write(String((after - before) / PROMPTS));
