import { describe, expect, it } from "vitest";
import { percent, usd } from "./words.ts";

describe("percent", () => {
  it.each([
    [0, "0 %"],
    [0.945, "94.5 %"],
    [38 / 40, "95 %"],
    [3079 / 3080, "99.97 %"],
    [0.999999, "99.99 %"],
    [1, "100 %"],
  ])("of %d is %s", (share, text) => {
    expect(percent(share)).toBe(text);
  });
});

describe("usd", () => {
  it.each([
    [0, "$0.00"],
    [12.345, "$12.35"],
    [0.1, "$0.10"],
    [0.0345, "$0.035"],
    [0.000_012_3, "$0.000012"],
    [0.0999, "$0.100"],
  ])("of %d is %s", (amount, text) => {
    expect(usd(amount)).toBe(text);
  });
});
