import type { RunPrompt } from "../run.ts";
import type { Usage } from "../usage.ts";

/** Why a run stopped before its end: the same command goes on with it. */
export type StopReason = "interrupted" | "failures" | "cost";

/** How a run ended, in `summary.json` beside its parts. */
export interface RunSummary extends Readonly<Usage> {
  readonly runId: string;
  readonly job: string;
  readonly prompts: readonly RunPrompt[];
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly records: number;
  readonly failed: number;
  readonly output: string;
  /** The files of the output; absent while it is not there. */
  readonly parts?: readonly string[];
  readonly stopped?: StopReason;
}
