import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wilson } from "./wilson.ts";

describe("wilson", () => {
  // R. G. Newcombe (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("has the published bounds for %i of %i", (successes, n, low, high) => {
    expect(wilson(successes, n).low).toBeCloseTo(low, 4);
    expect(wilson(successes, n).high).toBeCloseTo(high, 4);
  });

  it("knows nothing of no trials", () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  const trials = fc
    .integer({ min: 1, max: 5000 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));

  it("has the bounds where the share is 1.96 standard errors away, as found by bisection", () => {
    fc.assert(
      fc.property(trials, ([successes, n]) => {
        const share = successes / n;
        const isFar = (p: number) => Math.abs(share - p) > 1.959963984540054 * Math.sqrt((p * (1 - p)) / n);
        const { low, high } = wilson(successes, n);
        expect(low).toBeCloseTo(successes === 0 ? 0 : edge(0, share, isFar), 9);
        expect(high).toBeCloseTo(successes === n ? 1 : edge(1, share, isFar), 9);
      }),
    );
  });

  it("mirrors successes and failures, and holds the share", () => {
    fc.assert(
      fc.property(trials, ([successes, n]) => {
        const { low, high } = wilson(successes, n);
        const mirrored = wilson(n - successes, n);
        expect(low).toBeCloseTo(1 - mirrored.high, 12);
        expect(low).toBeLessThanOrEqual(successes / n);
        expect(high).toBeGreaterThanOrEqual(successes / n);
      }),
    );
  });
});

/** Where `holds` changes between `outside`, where it is true, and `inside`, where it is false. */
function edge(outside: number, inside: number, holds: (p: number) => boolean): number {
  let [far, near] = [outside, inside];
  for (let step = 0; step < 60; step++) {
    const middle = (far + near) / 2;
    if (holds(middle)) far = middle;
    else near = middle;
  }
  return (far + near) / 2;
}
