import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mcnemar } from "./mcnemar.ts";

describe("mcnemar", () => {
  it.each([
    [0, 0, 1],
    [0, 1, 1],
    [0, 5, 0.0625],
    [0, 6, 0.03125],
    [1, 9, 0.021484375],
    [5, 5, 1],
    // As scipy.stats.binomtest has them.
    [59, 121, 4.4344492637551645e-6],
    [1400, 1680, 4.89094097482456e-7],
  ])("of %i better and %i worse is %d", (better, worse, p) => {
    expect(mcnemar(better, worse) / p).toBeCloseTo(1, 9);
  });

  it("counts the splits of all sequences that are as uneven", () => {
    for (let n = 1; n <= 12; n++) {
      for (let worse = 0; worse <= n; worse++) {
        const uneven = Math.abs(2 * worse - n);
        let count = 0;
        for (let bits = 0; bits < 2 ** n; bits++) {
          const ones = bits.toString(2).replaceAll("0", "").length;
          if (Math.abs(2 * ones - n) >= uneven) count++;
        }
        expect(mcnemar(n - worse, worse)).toBeCloseTo(count / 2 ** n, 12);
      }
    }
  });

  it("is what whole numbers give, where there are many changes", () => {
    const changes = fc.integer({ min: 0, max: 600 });
    fc.assert(
      fc.property(changes, changes, (better, worse) => {
        const p = exactly(better, worse);
        if (p < 1e-300) expect(mcnemar(better, worse)).toBeLessThan(1e-299);
        else expect(mcnemar(better, worse) / p).toBeCloseTo(1, 8);
      }),
    );
  });

  it("does not ask which way", () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (better, worse) => {
        expect(mcnemar(better, worse)).toBe(mcnemar(worse, better));
        expect(mcnemar(better, worse)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

function exactly(better: number, worse: number): number {
  const n = BigInt(better + worse);
  let term = 1n;
  let sum = 1n;
  for (let i = 1n; i <= BigInt(Math.min(better, worse)); i++) {
    term = (term * (n - i + 1n)) / i;
    sum += term;
  }
  const scaled = (2n * sum * 10n ** 330n) / 2n ** n;
  const digits = scaled.toString().slice(0, 20);
  const exponent = scaled.toString().length - digits.length - 330;
  return scaled === 0n ? 0 : Math.min(1, Number(`${digits}e${exponent}`));
}
