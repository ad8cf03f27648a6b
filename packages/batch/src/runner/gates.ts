import type { Gate } from "../process-batch.ts";
import { type Clock, Pace } from "./pace.ts";

interface Limits {
  readonly rpm?: number;
  readonly tpm?: number;
  /** US dollars. */
  readonly maxCost?: number;
}

interface Estimates {
  /** The tokens of a call for this record. */
  tokens(record: unknown): number;
  /** What a call for this record may cost, in US dollars. */
  cost(record: unknown): number;
}

/**
 * What holds a run to its rates and its budget; undefined where it has none. A record is let in while what was spent and what
 * may be spent by those under way leave enough for it, by the estimate or by the dearest record so far.
 *
 * @param spent what the run has cost before, in US dollars.
 * @param onSpent called when the budget lets nothing in any more.
 */
export function gateFor(
  { rpm, tpm, maxCost }: Limits,
  estimates: Estimates,
  spent: number,
  onSpent: () => void,
  stop: AbortSignal,
  clock: Clock,
): Gate | undefined {
  if (rpm === undefined && tpm === undefined && maxCost === undefined) return undefined;
  const requests = rpm === undefined ? undefined : new Pace(rpm, clock);
  const tokens = tpm === undefined ? undefined : new Pace(tpm, clock);
  let total = spent;
  let underWay = 0;
  let dearest = 0;

  return {
    async enter(record) {
      if (maxCost !== undefined) {
        const each = Math.max(dearest, estimates.cost(record));
        if (total + (underWay + 1) * each > maxCost) {
          onSpent();
          return false;
        }
      }
      underWay += 1;
      try {
        await requests?.take(1, stop);
        await tokens?.take(estimates.tokens(record), stop);
        if (!stop.aborted) return true;
      } catch {
        // Stopped as it waited.
      }
      underWay -= 1;
      return false;
    },
    leave(record, { inputTokens, outputTokens, costUsd }) {
      underWay -= 1;
      total += costUsd;
      dearest = Math.max(dearest, costUsd);
      const used = inputTokens + outputTokens;
      if (used > 0) tokens?.correct(used - estimates.tokens(record));
    },
  };
}
