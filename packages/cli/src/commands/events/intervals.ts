import { type Interval, wilson } from "@promptops/evals";

/** A figure with its 95 % interval. */
export interface Estimate extends Interval {
  readonly value: number;
}

/** The two-sided 95 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * A share of events of unequal weight, by Wilson's method for as many events of equal weight as say the same (Kish's
 * effective sample size). What was sampled so has a wider interval.
 */
export function shareOf(part: number, all: number, squaredWeights: number): Estimate | null {
  if (all === 0) return null;
  const n = all ** 2 / squaredWeights;
  const share = part / all;
  return { value: share, ...wilson(share * n, n) };
}

/** A mean, by the normal distribution; null where fewer than two values say nothing of how far they lie apart. */
export function meanOf(mean: number | null, deviation: number | null, n: number): Estimate | null {
  if (mean === null || deviation === null || n < 2) return null;
  const half = (Z * deviation) / Math.sqrt(n);
  return { value: mean, low: mean - half, high: mean + half };
}

/**
 * How much more the second is: the bounds of both together, by R. G. Newcombe's method 10 ("Interval estimation for the
 * difference between independent proportions", Statistics in Medicine 17 (1998), 873-890), which for means of the
 * normal distribution is Welch's without his degrees of freedom.
 */
export function difference(first: Estimate | null, second: Estimate | null): Estimate | null {
  if (first === null || second === null) return null;
  const value = second.value - first.value;
  return {
    value,
    low: value - Math.hypot(second.value - second.low, first.high - first.value),
    high: value + Math.hypot(second.high - second.value, first.value - first.low),
  };
}
