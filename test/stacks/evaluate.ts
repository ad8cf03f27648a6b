import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { PLATFORM } from "./platform.ts";
import { startRpc } from "./rpc.ts";

/** A resource that the program asks for, with its inputs as a provider would get them. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  /** The name of the component that it belongs to. */
  readonly parent?: string;
  readonly retainOnDelete?: boolean;
  readonly protect?: boolean;
  /** The names of what it waits for, besides what its inputs are of. */
  readonly after: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What `sst deploy` would ask AWS for. */
export interface Evaluation {
  /** What `app()` gives. */
  readonly app: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Ordered by type and name. */
  readonly resources: readonly Resource[];
}

export interface EvaluationOptions {
  /** The repository, in which the platform is installed. */
  readonly root: string;
  readonly stage: string;
  /** A folder for what SST makes, the zip files of functions. It must outlive their use. */
  readonly work: string;
  /** Besides what every process needs, the program sees these variables alone. */
  readonly environment: Readonly<Record<string, string>>;
}

const PROGRAM = fileURLToPath(new URL("program.mjs", import.meta.url));
/** The region that resources are in when nothing else is said. */
const REGION = "eu-central-1";

/**
 * Evaluates the program, `sst.config.ts`, as `sst deploy --stage <stage>` would: SST's own components turn it into
 * resources, in a process of its own, and Pulumi's mocks stand in for AWS. What is random on AWS (the ends of names)
 * is the same each time.
 */
export async function evaluate({ root, stage, work, environment }: EvaluationOptions): Promise<Evaluation> {
  const platform = join(root, PLATFORM);
  // Within the platform, so that the bundle finds Pulumi there.
  const program = join(platform, `evaluation-${stage}-${process.pid}.mjs`);
  const output = join(work, "evaluation.json");
  mkdirSync(work, { recursive: true });
  await using rpc = await startRpc();
  try {
    await bundle(root, platform, program);
    await promisify(execFile)(process.execPath, ["--enable-source-maps", program], {
      cwd: root,
      maxBuffer: 1e8,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        AWS_REGION: REGION,
        ...environment,
        SST_SERVER: rpc.url,
        PROMPTOPS_EVALUATION: JSON.stringify({
          stage,
          command: "deploy",
          paths: { home: work, root, work, platform },
          output,
        }),
      },
    });
    const found = JSON.parse(readFileSync(output, "utf8")) as Evaluation;
    return { ...found, resources: found.resources.toSorted(byTypeAndName) };
  } finally {
    rmSync(program, { force: true });
  }
}

function byTypeAndName(a: Resource, b: Resource): number {
  const [left, right] = [a, b].map(({ type, name }) => `${type} ${name}`) as [string, string];
  return left < right ? -1 : Number(left > right);
}

/**
 * As SST bundles programs: with all that they import, but for what the platform itself has installed. What is global in a
 * program comes from a shim.
 */
async function bundle(root: string, platform: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [PROGRAM],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    sourcemap: "inline",
    inject: [join(platform, "src/shim/run.js")],
    // Components, which are CommonJS at heart, ask for these.
    banner: {
      js: [
        `import { createRequire as nodeRequire } from "node:module";`,
        `const require = nodeRequire(import.meta.url);`,
        `const __filename = ${JSON.stringify(outfile)};`,
        `const __dirname = ${JSON.stringify(join(platform, "src/components"))};`,
      ].join("\n"),
    },
    logLevel: "silent",
    plugins: [
      {
        name: "folders",
        setup({ onResolve }) {
          onResolve({ filter: /^platform:/ }, ({ path }) => ({
            path: join(platform, "src", path.slice("platform:".length)),
          }));
          onResolve({ filter: /^program:/ }, ({ path }) => ({
            path: join(root, path.slice("program:".length)),
          }));
          onResolve({ filter: /^[^./]/ }, ({ importer }) =>
            importer.startsWith(platform) || importer === PROGRAM ? { external: true } : undefined,
          );
        },
      },
    ],
  });
}
