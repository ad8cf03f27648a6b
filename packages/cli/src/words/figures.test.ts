import { describe, expect, it } from "vitest";
import { bar, sparkline } from "./charts.ts";
import { csv } from "./csv.ts";
import { dollars, duration, number, percent } from "./figures.ts";

describe("figures", () => {
  it.each<[string, string]>([
    [number(1_234_567.4), "1,234,567"],
    [number(null), "-"],
    [percent(0), "0.0 %"],
    [percent(0.125), "12.5 %"],
    [percent(0.0012), "0.12 %"],
    [percent(-0.125), "-12.5 %"],
    [dollars(0), "$0.00"],
    [dollars(1234.5), "$1,234.50"],
    [dollars(0.000123), "$0.000123"],
    [duration(0.0831), "0.0831 ms"],
    [duration(999), "999 ms"],
    [duration(1_500), "1.5 s"],
    [duration(150_000), "3 min"],
    [duration(3 * 3_600_000), "3 h"],
    [duration(72 * 3_600_000), "3 d"],
  ])("%s is %s", (shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe("charts", () => {
  it("have the highest value at the top", () => {
    expect(sparkline([0, 5, 10])).toBe("▁▅█");
    expect(sparkline([0, 0])).toBe("");
    expect(sparkline([])).toBe("");
  });

  it("show that a small share is there", () => {
    expect([bar(1, 4), bar(0.5, 4), bar(0.001, 4), bar(0, 4)]).toEqual(["████", "██", "█", ""]);
  });
});

describe("csv", () => {
  it("quotes what would break it", () => {
    expect(csv(["a", "b"], [{ a: 'say "x", y', b: null }, { a: 1, b: { c: 2 } }, { b: "two\nlines" }])).toBe(
      'a,b\r\n"say ""x"", y",\r\n1,"{""c"":2}"\r\n,"two\nlines"\r\n',
    );
  });
});
