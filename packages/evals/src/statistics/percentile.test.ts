import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentile } from "./percentile.ts";

describe("percentile", () => {
  it("takes the nearest rank", () => {
    const values = [50, 15, 40, 20, 35];
    expect([0.05, 0.3, 0.4, 0.5, 1].map((share) => percentile(values, share))).toEqual([15, 20, 20, 35, 50]);
  });

  it("of nothing is nothing", () => {
    expect(percentile([], 0.5)).toBeUndefined();
  });

  it("is the least of the values that enough values do not exceed", () => {
    const shares = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), shares, (values, hundredths) => {
        const enough = (value: number) =>
          100 * values.filter((other) => other <= value).length >= hundredths * values.length;
        expect(percentile(values, hundredths / 100)).toBe(Math.min(...values.filter(enough)));
      }),
    );
  });
});
