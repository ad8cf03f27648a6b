import { expect, it } from "vitest";
import { isStat, isTime } from "./values.ts";

it.each([
  [["Sum", "IQM", "p50", "p99.99", "p100", "tm90", "TM(10%:90%)", "WM(:95%)", "PR(:300)", "TC(2:10)"], true],
  [["sum", "p", "p101", "95", "TM(10%:90)", "TM(:)", "PR(10%:90%)", "TM90", 95], false],
])("isStat of each of %j is %s", (stats, expected) => {
  for (const stat of stats) expect(isStat(stat), String(stat)).toBe(expected);
});

it.each([
  [["2026-11-23T10:00Z", "2026-11-23T10:00:00Z", "2028-02-29T10:00:00.5Z", "2026-11-23T10:00:00+0100"], true],
  [["2026-11-23", "2027-02-29T10:00:00Z", "2026-11-23T25:00:00Z", "2026-11-23T10:00:00", "now"], false],
])("isTime of each of %j is %s", (times, expected) => {
  for (const time of times) expect(isTime(time), time).toBe(expected);
});
