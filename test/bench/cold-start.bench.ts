import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { startEngine } from "@promptops/local";
import { bundle as bundleOf } from "../../packages/artifacts/src/bundle/esbuild.ts";
import { LangfuseServer } from "./langfuse-server.ts";
import { type Bench, type Row, rowOf } from "./measure.ts";
import { definitionOf } from "./prompts.ts";
import { createTable, TABLE } from "./table.ts";

const PROMPT = definitionOf("customer-support.intent-classifier");
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ROUNDS = 21;
const HANDLERS = {
  PromptOps: import.meta.resolve("./cold-start/promptops.ts"),
  "the SDK alone": import.meta.resolve("./cold-start/bare.ts"),
  Langfuse: import.meta.resolve("./cold-start/langfuse.ts"),
};

/**
 * From the start of a process to its first prompt: a bundled handler that is loaded and called once, each time in a
 * new process, without the median of what Node alone takes. All are bundled with the settings that this repository
 * deploys with; DynamoDB's requests go to the embedded engine, Langfuse's to a server that does nothing but answer.
 * The size is that of the files which a cold start loads, and of the others beside them.
 */
export const bench: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), "promptops-bench-"));
  const engine = await startEngine();
  try {
    await createTable(engine.endpoint, [PROMPT]);
    await using server = await LangfuseServer.start([PROMPT]);
    const env = {
      ...process.env,
      PROMPTOPS_TABLE: TABLE,
      PROMPTOPS_ENDPOINT: engine.endpoint,
      LANGFUSE_PUBLIC_KEY: "pk-lf-bench",
      LANGFUSE_SECRET_KEY: "sk-lf-bench",
      LANGFUSE_BASE_URL: server.url,
    };
    const sizes: Row[] = [];
    const programs: [string, string][] = [["Node alone", ""]];
    for (const [name, source] of Object.entries(HANDLERS)) {
      const bundled = join(folder, String(programs.length));
      const { loaded, beside } = await bundle(fileURLToPath(source), bundled);
      sizes.push(rowOf(`${name}, bundle`, [loaded / 1_000], "KB"));
      if (beside > 0) sizes.push(rowOf(`${name}, files loaded when needed`, [beside / 1_000], "KB"));
      programs.push([name, pathToFileURL(join(bundled, "index.mjs")).href]);
    }
    const started = new Map<string, Started[]>(programs.map(([name]) => [name, []]));
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [name, bundled] of programs) {
        const figures = await start(bundled, env);
        if (round >= 0) started.get(name)?.push(figures);
      }
    }
    return [...sizes, ...rowsOf(started)];
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true });
  }
};

/** What each took, the others over what the first took, which is Node alone. */
function rowsOf(started: ReadonlyMap<string, readonly Started[]>): readonly Row[] {
  const [alone = [], ...handlers] = started.values();
  const [nameAlone = "", ...names] = started.keys();
  const figures = (of: readonly Started[], what: keyof Started) => of.map((one) => one[what]);
  const over = (what: "at" | "cpu", title: string) => {
    const base = rowOf(`${nameAlone}, ${title}`, figures(alone, what), "ms");
    const rows = handlers.map((of, at) => {
      const above = figures(of, what).map((figure) => figure - base.median);
      return rowOf(`${names[at]}, ${title}, over Node`, above, "ms");
    });
    return [base, ...rows];
  };
  const loads = handlers.map((of, at) => rowOf(`${names[at]}, load`, figures(of, "load"), "ms"));
  return [...loads, ...over("at", "first prompt"), ...over("cpu", "CPU time")];
}

/** Bundles as what is deployed is bundled. The sizes are in bytes. */
async function bundle(source: string, folder: string): Promise<{ loaded: number; beside: number }> {
  const files = await bundleOf(ROOT, {
    entryPoints: { index: source },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
  });
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const loaded = new Set<string>();
  const follow = (path: string) => {
    const content = files.get(path);
    if (content === undefined || loaded.has(path)) return;
    loaded.add(path);
    for (const [, next = ""] of Buffer.from(content).toString().matchAll(STATIC_IMPORT)) {
      follow(posix.join(posix.dirname(path), next));
    }
  };
  follow("index.mjs");
  const bytes = (paths: Iterable<string>) =>
    [...paths].reduce((sum, path) => sum + (files.get(path)?.length ?? 0), 0);
  return { loaded: bytes(loaded), beside: bytes(files.keys()) - bytes(loaded) };
}

/** In minified code; what is loaded later is `import("…")`. */
const STATIC_IMPORT = /(?:from|import)\s*"(\.{1,2}\/[^"]+)"/g;

interface Started {
  /** When the prompt was there, in milliseconds from the start of the process. */
  readonly at: number;
  /** How long the bundle took to load, in milliseconds. */
  readonly load: number;
  /** The processor time of all its threads until then, in milliseconds. */
  readonly cpu: number;
}

/** Loads a handler in a new process, if one is named, and calls it. */
const PROGRAM = `
  const [bundled, id] = process.argv.slice(1);
  const began = performance.now();
  const handler = bundled && (await import(bundled)).handler;
  const load = performance.now() - began;
  const text = handler && (await handler(id));
  const at = performance.now();
  const { user, system } = process.cpuUsage();
  const cpu = (user + system) / 1000;
  require("node:fs").writeSync(1, JSON.stringify({ at, load, cpu, text }));
  process.exit();
`;

async function start(bundled: string, env: NodeJS.ProcessEnv): Promise<Started> {
  const args = ["--input-type=commonjs", "--eval", `(async () => {${PROGRAM}})()`, bundled, PROMPT.id];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const { text, ...started } = JSON.parse(stdout) as Started & { text?: string };
  if (bundled !== "" && text !== PROMPT.template) throw new Error(`${bundled} gave another text`);
  return started;
}
