/**
 * The exact McNemar test, two-sided: how likely a split of the changed pairs at least as uneven as this one is, if
 * each changed pair was as likely to go one way as the other. The pairs that did not change do not count.
 *
 * With n = better + worse and m = min(better, worse): p = min(1, 2 · Σ(i = 0…m) C(n, i) / 2^n). Source: Q. McNemar, "Note
 * on the sampling error of the difference between correlated proportions or percentages", Psychometrika 12 (1947),
 * 153-157, with the binomial distribution in place of its approximation, as in A. Agresti, "Categorical Data
 * Analysis", 3rd ed. (2013), section 11.1.
 *
 * @param better how many pairs failed before and pass now.
 * @param worse how many passed before and fail now.
 * @returns the p-value, 0 to 1; 1 when nothing changed.
 * @example
 * mcnemar(1, 9); // 0.021484375
 */
export function mcnemar(better: number, worse: number): number {
  const n = better + worse;
  const fewer = Math.min(better, worse);
  // Logarithms, because 2^n and C(n, i) overflow where n is in the thousands.
  let logTerm = -n * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= fewer; i++) {
    logTerm += Math.log((n - i + 1) / i);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, 2 * sum);
}
