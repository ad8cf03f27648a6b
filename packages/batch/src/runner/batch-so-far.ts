import type { BatchOutcome, Ending, Failure, Item, RecordResult } from "../process-batch.ts";
import { addUsage, noUsage, type Usage } from "../usage.ts";

/** A batch as far as it is: what earlier processes had done of it, and what this one has. */
export class BatchSoFar {
  readonly #results: RecordResult[];
  readonly #failures: Failure[];
  readonly #usage = noUsage();

  /** @param begun what earlier processes had done. */
  constructor(begun: Omit<BatchOutcome, "left"> | undefined) {
    this.#results = [...(begun?.results ?? [])];
    this.#failures = [...(begun?.failures ?? [])];
    if (begun !== undefined) addUsage(this.#usage, begun.usage);
  }

  add(ending: Ending, usage: Usage): void {
    if ("error" in ending) this.#failures.push(ending);
    else this.#results.push(ending);
    addUsage(this.#usage, usage);
  }

  /** The records of the batch that are still to be done. */
  without(items: readonly Item[]): readonly Item[] {
    if (this.#results.length + this.#failures.length === 0) return items;
    const done = new Set([...this.#results, ...this.#failures].map(({ recordId }) => recordId));
    return items.filter(({ recordId }) => !done.has(recordId));
  }

  /** In the order of the records. */
  outcome(): Omit<BatchOutcome, "left"> {
    const byRecord = (a: Ending, b: Ending) => a.recordId - b.recordId;
    return {
      results: this.#results.sort(byRecord),
      failures: this.#failures.sort(byRecord),
      usage: { ...this.#usage },
    };
  }
}
