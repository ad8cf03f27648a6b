import { describe, expect, it } from "vitest";
import { difference, meanOf, shareOf } from "./intervals.ts";

describe("intervals", () => {
  // R. G. Newcombe (1998), "Interval estimation for the difference", table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1],
  ])("of a difference of shares have the published bounds for %i/%i and %i/%i", (a, m, b, n, low, high) => {
    const found = difference(shareOf(b, n, n), shareOf(a, m, m));
    expect(found?.low).toBeCloseTo(low, 4);
    expect(found?.high).toBeCloseTo(high, 4);
  });

  it("of a share are wider for sampled events", () => {
    expect(shareOf(20, 100, 100)).toMatchObject({ value: 0.2 });
    const [all, sampled] = [shareOf(20, 100, 100), shareOf(20, 100, 400)];
    expect(sampled?.low).toBeLessThan(all?.low ?? 0);
    expect(sampled?.high).toBeGreaterThan(all?.high ?? 1);
  });

  it("of a mean are 1.96 standard errors to each side", () => {
    expect(meanOf(10, 5, 100)).toEqual({
      value: 10,
      low: expect.closeTo(9.02, 3),
      high: expect.closeTo(10.98, 3),
    });
  });

  it("are not had from nothing", () => {
    expect([shareOf(0, 0, 0), meanOf(null, null, 0), meanOf(3, null, 1)]).toEqual([null, null, null]);
    expect(difference(null, meanOf(1, 1, 5))).toBeNull();
  });
});
