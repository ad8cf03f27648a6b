/** How many records may fail: a number of them, or a share of those that are done. */
export type Tolerance = { readonly count: number } | { readonly percent: number };

/** The least number of records that a share is taken of while a run is under way: the first failure is no 100 %. */
const LEAST = 100;

/** @param ended whether all records are done. */
export function isTolerated(tolerance: Tolerance, failed: number, records: number, ended: boolean): boolean {
  if ("count" in tolerance) return failed <= tolerance.count;
  const of = ended ? records : Math.max(records, LEAST);
  return failed <= (of * tolerance.percent) / 100;
}
