import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { loadPrompts } from "@promptops/authoring";
import { milliseconds } from "./measure.ts";

/** `validate.process.ts <contender> <folder>`: does the work once and prints what it took, as JSON. */
const [contender = "", folder = ""] = process.argv.slice(2);

/** The copy of the parser that validation uses. */
const { parse } = createRequire(import.meta.resolve("@promptops/authoring"))("yaml") as {
  parse(text: string): unknown;
};

const CONTENDERS: Readonly<Record<string, () => number | Promise<number>>> = {
  parse() {
    const files = globSync("prompts/**/*.yaml", { cwd: folder });
    return files.filter((file) => parse(readFileSync(join(folder, file), "utf8"))).length;
  },
  async validate() {
    const { prompts, diagnostics } = await loadPrompts(folder);
    return prompts.length - diagnostics.length;
  },
};

let files = 0;
const time = await milliseconds(async () => {
  files = (await CONTENDERS[contender]?.()) ?? 0;
});
// Kilobytes, of the whole process and from its start.
const memory = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ files, time, memory }));
