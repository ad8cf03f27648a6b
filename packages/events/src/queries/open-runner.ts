import type { AthenaAddress } from "./athena-runner.ts";
import type { EventsRunner } from "./runner.ts";

export interface LakeAddress {
  /** The lake's folder. */
  readonly lake: string;
}

/**
 * What answers questions about the events of a lake on this machine, or of a table in Athena. Only the engine that is
 * needed is loaded.
 *
 * @example
 * await using runner = await openRunner({ lake: ".promptops/lake" });
 * const { rows } = await runner.query("SELECT COUNT(*) AS n FROM events", { since: new Date("2026-03-01") });
 */
export async function openRunner(address: LakeAddress | AthenaAddress): Promise<EventsRunner> {
  if ("lake" in address) return (await import("./duckdb-runner.ts")).duckdbRunner(address.lake);
  return (await import("./athena-runner.ts")).athenaRunner(address);
}
