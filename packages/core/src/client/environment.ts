import { existsSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import type { TableAddress } from "../dynamo/connect.ts";
import type { Windows } from "./windows.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The table's name on an endpoint of one's own, when none is given. */
const DEFAULT_TABLE = "promptops";

/**
 * The table that the environment names: `PROMPTOPS_TABLE`, and `PROMPTOPS_ENDPOINT` for another endpoint than the
 * region's, `PROMPTOPS_BLOBS` for where large prompts are kept.
 *
 * @throws UserError `no-table-named` when neither is set.
 */
export function addressIn({
  PROMPTOPS_TABLE: table,
  PROMPTOPS_ENDPOINT: endpoint,
  PROMPTOPS_BLOBS: blobs,
}: Environment): TableAddress {
  if (!table && !endpoint) {
    throw new UserError("no-table-named", "PROMPTOPS_TABLE is not set", {
      hint: "Set it to the ledger's table. On your machine, `promptops exec -- <command>` sets all that is needed.",
    });
  }
  return { table: table || DEFAULT_TABLE, ...(endpoint ? { endpoint } : {}), ...(blobs ? { blobs } : {}) };
}

/**
 * For how long answers hold: `PROMPTOPS_TTL_MS` (else 30,000), `PROMPTOPS_STALE_WHILE_REVALIDATE_MS` (else 60,000) and
 * `PROMPTOPS_STALE_IF_ERROR_MS` (else 24 hours). How long a call waits is no setting of a stage: 150 ms.
 *
 * @throws UserError `malformed-setting` when one of them is not a number of milliseconds.
 */
export function windowsIn(environment: Environment): Windows {
  const read = (name: string, otherwise: number) => {
    const text = environment[name];
    if (!text) return otherwise;
    const value = Number(text);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new UserError("malformed-setting", `${name} is "${text}"`, {
      hint: `Give a number of milliseconds, such as ${otherwise}, or leave it out.`,
      facts: { setting: name },
    });
  };
  return {
    ttlMs: read("PROMPTOPS_TTL_MS", 30_000),
    staleWhileRevalidateMs: read("PROMPTOPS_STALE_WHILE_REVALIDATE_MS", 60_000),
    staleIfErrorMs: read("PROMPTOPS_STALE_IF_ERROR_MS", 24 * 3_600_000),
    deadlineMs: 150,
  };
}

/** Where a layer puts the snapshot that it ships. */
const LAYER_SNAPSHOT = "/opt/promptops/snapshot.jsonl";

/** `PROMPTOPS_SNAPSHOT`; in a Lambda function without it, the layer's snapshot, if there is one. */
export function snapshotIn({
  PROMPTOPS_SNAPSHOT: file,
  LAMBDA_TASK_ROOT: task,
}: Environment): string | undefined {
  if (file) return file;
  return task && existsSync(LAYER_SNAPSHOT) ? LAYER_SNAPSHOT : undefined;
}
