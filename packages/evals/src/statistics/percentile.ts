/**
 * The smallest of the values that at least `share` of them do not exceed (the nearest-rank method): always one of the
 * values, never one in between. Undefined when there are none.
 *
 * @param share above 0, at most 1.
 */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  // 0.07 of 100 is 7, also where floating-point numbers make it a little more.
  return sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)];
}
