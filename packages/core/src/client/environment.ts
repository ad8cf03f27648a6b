import { UserError } from "../domain/errors.ts";
import type { TableAddress } from "../dynamo/connect.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The table's name on an endpoint of one's own, when none is given. */
const DEFAULT_TABLE = "promptops";
const DEFAULT_TTL_MS = 30_000;

/**
 * The table that the environment names: `PROMPTOPS_TABLE`, and `PROMPTOPS_ENDPOINT` for another endpoint than the
 * region's.
 *
 * @throws UserError `no-table-named` when neither is set.
 */
export function addressIn({
  PROMPTOPS_TABLE: table,
  PROMPTOPS_ENDPOINT: endpoint,
}: Environment): TableAddress {
  if (!table && !endpoint) {
    throw new UserError("no-table-named", "PROMPTOPS_TABLE is not set", {
      hint: "Set it to the ledger's table. On your machine, `promptops exec -- <command>` sets all that is needed.",
    });
  }
  return { table: table || DEFAULT_TABLE, ...(endpoint ? { endpoint } : {}) };
}

/**
 * `PROMPTOPS_TTL_MS`, else 30,000.
 *
 * @throws UserError `malformed-ttl` when it is not a number of milliseconds.
 */
export function ttlIn({ PROMPTOPS_TTL_MS: text }: Environment): number {
  if (!text) return DEFAULT_TTL_MS;
  const ttlMs = Number(text);
  if (Number.isFinite(ttlMs) && ttlMs >= 0) return ttlMs;
  throw new UserError("malformed-ttl", `PROMPTOPS_TTL_MS is "${text}"`, {
    hint: "Give a number of milliseconds, such as 30000, or leave it out.",
  });
}
