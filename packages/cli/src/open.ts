import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ledger } from "@promptops/core/ledger";
import type { Intent } from "@promptops/registry";
import type { Context } from "./context.ts";
import { progressOn } from "./progress.ts";
import { findRoot } from "./project.ts";
import { handleSignals } from "./signals.ts";

/** The embedded ledger's table. */
const LOCAL_TABLE = "promptops";

interface Connection {
  readonly ledger: Ledger;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the ledger is on AWS, where callers have an identity. */
  readonly onAws: boolean;
  release(): Promise<void>;
}

/** The context of a command, and how to let go of what it opened. */
export function openContext(): { readonly context: Context; readonly close: () => Promise<void> } {
  let connection: Promise<Connection> | undefined;
  const connected = () => (connection ??= connect());
  const close = async () => {
    context.progress.end();
    // Where opening failed, the command has said so already.
    await connection?.then(({ release }) => release()).catch(() => undefined);
  };
  const context: Context = {
    root: () => findRoot(process.cwd()),
    ledger: async () => (await connected()).ledger,
    environment: async () => (await connected()).environment,
    intent: async (reason) => intentOf((await connected()).onAws, reason),
    progress: progressOn(process.stderr),
    onSignal: handleSignals(close),
  };
  return { context, close };
}

async function connect(): Promise<Connection> {
  const { PROMPTOPS_TABLE: table, PROMPTOPS_ENDPOINT: endpoint } = process.env;
  return table || endpoint
    ? connectToTable(table || LOCAL_TABLE, endpoint || undefined)
    : connectToEmbedded();
}

async function connectToTable(table: string, endpoint: string | undefined): Promise<Connection> {
  const {
    connect: connectClient,
    dynamoLedger,
    ensureTable,
    isLoopback,
  } = await import("@promptops/core/dynamo");
  const local = endpoint !== undefined && isLoopback(endpoint);
  if (local) await ensureTable(connectClient({ endpoint }), table);
  return {
    ledger: dynamoLedger({ table, ...(endpoint === undefined ? {} : { endpoint }) }),
    environment: {
      PROMPTOPS_TABLE: table,
      ...(endpoint === undefined ? {} : { PROMPTOPS_ENDPOINT: endpoint }),
    },
    onAws: !local,
    release: async () => {},
  };
}

async function connectToEmbedded(): Promise<Connection> {
  const folder = join(findRoot(process.cwd()), ".promptops");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ".gitignore"), "*\n");
  const { shareEngine } = await import("@promptops/local");
  const engine = await shareEngine(folder);
  const connection = await connectToTable(LOCAL_TABLE, engine.endpoint);
  return { ...connection, release: () => engine.release() };
}

async function intentOf(onAws: boolean, reason: string | undefined): Promise<Intent> {
  const { findActor } = await import("./actor.ts");
  const actor = await findActor(process.env, onAws, process.cwd());
  return { actor, ...(reason === undefined ? {} : { reason }) };
}
