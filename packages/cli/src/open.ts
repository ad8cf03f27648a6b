import { pathToFileURL } from "node:url";
import { isPromptOpsError } from "@promptops/core/domain";
import type { TableAddress } from "@promptops/core/dynamo";
import type { Ledger } from "@promptops/core/ledger";
import type { Intent } from "@promptops/registry";
import type { FoundStage } from "@promptops/stage";
import type { Context } from "./context.ts";
import { progressOn } from "./progress.ts";
import { findRoot } from "./project.ts";
import { handleSignals } from "./signals.ts";
import { spoolFolder, stateFolder } from "./state-folder.ts";

/** The embedded ledger's table. */
const LOCAL_TABLE = "promptops";

interface Connection {
  readonly ledger: Ledger;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the ledger is on AWS, where callers have an identity. */
  readonly onAws: boolean;
  release(): Promise<void>;
}

/** The context of a command, on a deployed stage if one is named, and how to let go of what it opened. */
export function openContext(stageName?: string): {
  readonly context: Context;
  readonly close: () => Promise<void>;
} {
  let stage: Promise<FoundStage> | undefined;
  let connection: Promise<Connection> | undefined;
  const staged = (name: string) => (stage ??= openStage(name));
  const connected = () => (connection ??= connect());
  const close = async () => {
    context.progress.end();
    // Where opening failed, the command has said so already.
    await connection?.then(({ release }) => release()).catch(() => undefined);
  };
  const context: Context = {
    root: () => findRoot(process.cwd()),
    ledger: async () => (await connected()).ledger,
    stage: async () => (stageName === undefined ? undefined : staged(stageName)),
    environment: async () => ({ ...(await connected()).environment, ...(await models()), ...spool() }),
    intent: async (reason) => intentOf((await connected()).onAws, reason),
    progress: progressOn(process.stderr),
    onSignal: handleSignals(close),
  };
  return { context, close };
}

/** Puts a stage's settings in the place of the environment's, for this command and for programs that it starts. */
async function openStage(name: string): Promise<FoundStage> {
  const { findStage } = await import("@promptops/stage");
  const region = process.env.AWS_REGION || undefined;
  const { stage, doubt } = await findStage(name, { root: rootIfAny(), region });
  if (doubt !== undefined) process.stderr.write(`note: ${doubt}\n`);
  const settings = {
    AWS_REGION: stage.region,
    PROMPTOPS_TABLE: stage.table,
    PROMPTOPS_BLOBS: stage.blobs,
    PROMPTOPS_ENDPOINT: undefined,
    PROMPTOPS_SNAPSHOT: undefined,
    PROMPTOPS_ATHENA_DATABASE: stage.eventsDatabase,
    PROMPTOPS_ATHENA_TABLE: undefined,
    PROMPTOPS_ATHENA_WORKGROUP: stage.eventsWorkgroup,
    PROMPTOPS_BATCH_STATE_MACHINE: stage.stateMachine,
    PROMPTOPS_DASHBOARD: stage.dashboard,
    // Events go straight to a stream where that is asked for, and then to this stage's.
    PROMPTOPS_EVENTS_STREAM: process.env.PROMPTOPS_EVENTS_STREAM && stage.eventsStream,
  };
  for (const [variable, value] of Object.entries(settings)) {
    if (value) process.env[variable] = value;
    else delete process.env[variable];
  }
  return stage;
}

async function connect(): Promise<Connection> {
  const { PROMPTOPS_TABLE: table, PROMPTOPS_ENDPOINT: endpoint, PROMPTOPS_BLOBS: blobs } = process.env;
  if (!table && !endpoint) return connectToEmbedded();
  return connectToTable({
    table: table || LOCAL_TABLE,
    ...(endpoint ? { endpoint } : {}),
    ...(blobs ? { blobs } : {}),
  });
}

async function connectToTable(address: TableAddress): Promise<Connection> {
  const { table, endpoint, blobs } = address;
  const {
    connect: connectClient,
    dynamoLedger,
    ensureTable,
    isLoopback,
  } = await import("@promptops/core/dynamo");
  const local = endpoint !== undefined && isLoopback(endpoint);
  if (local) await ensureTable(connectClient({ endpoint }), table);
  return {
    ledger: dynamoLedger(address),
    environment: {
      PROMPTOPS_TABLE: table,
      ...(endpoint === undefined ? {} : { PROMPTOPS_ENDPOINT: endpoint }),
      ...(blobs === undefined ? {} : { PROMPTOPS_BLOBS: blobs }),
    },
    onAws: !local,
    release: async () => {},
  };
}

async function connectToEmbedded(): Promise<Connection> {
  const folder = stateFolder(findRoot(process.cwd()));
  const { shareEngine } = await import("@promptops/local");
  const engine = await shareEngine(folder);
  const connection = await connectToTable({
    table: LOCAL_TABLE,
    endpoint: engine.endpoint,
    blobs: pathToFileURL(folder).href,
  });
  return { ...connection, release: () => engine.release() };
}

/** Nothing where the caller has models of its own, and outside a project: a table can be read from anywhere. */
async function models(): Promise<Readonly<Record<string, string>>> {
  const root = process.env.PROMPTOPS_MODELS ? undefined : rootIfAny();
  if (root === undefined) return {};
  const { modelsSetting } = await import("./models-setting.ts");
  return modelsSetting(root);
}

/** In a project, the event lines of programs are kept for `promptops events`. */
function spool(): Readonly<Record<string, string>> {
  const root = process.env.PROMPTOPS_EVENTS_SPOOL ? undefined : rootIfAny();
  return root === undefined ? {} : { PROMPTOPS_EVENTS_SPOOL: spoolFolder(root) };
}

function rootIfAny(): string | undefined {
  try {
    return findRoot(process.cwd());
  } catch (error) {
    if (isPromptOpsError(error) && error.code === "no-prompts") return undefined;
    throw error;
  }
}

async function intentOf(onAws: boolean, reason: string | undefined): Promise<Intent> {
  const { findActor } = await import("./actor.ts");
  const actor = await findActor(process.env, onAws, process.cwd());
  return { actor, ...(reason === undefined ? {} : { reason }) };
}
