/** One line of a benchmark's result. */
export interface Row {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

/** A suite measures its contenders side by side and gives a row for each. */
export type Bench = () => Promise<readonly Row[]>;

/** One measurement: the figure, in the contender's unit. */
export type Measure = () => Promise<number>;

/**
 * Measures contenders in interleaved rounds, after one round that is thrown away, so that whatever else the machine
 * does falls on all of them.
 */
export async function interleave(
  contenders: Readonly<Record<string, Measure>>,
  rounds: number,
  unit: string,
): Promise<readonly Row[]> {
  const figures = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(contenders)) {
      const figure = await measure();
      if (round >= 0) figures.get(name)?.push(figure);
    }
  }
  return [...figures].map(([name, of]) => rowOf(name, of, unit));
}

/** The time that `work` takes, in milliseconds. */
export async function milliseconds(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The row of figures taken already. */
export function rowOf(name: string, figures: readonly number[], unit: string): Row {
  const sorted = figures.toSorted((a, b) => a - b);
  const [min = 0] = sorted;
  return { name, median: sorted[Math.floor(sorted.length / 2)] ?? 0, min, max: sorted.at(-1) ?? 0, unit };
}
