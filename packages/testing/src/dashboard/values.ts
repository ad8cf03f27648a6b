import { isNumber, isText } from "./json-values.ts";

export function oneOf(...values: readonly string[]): (value: unknown) => boolean {
  return (value) => isText(value) && values.includes(value);
}

export function wholeWithin(least: number, most: number): (value: unknown) => boolean {
  return (value) => isNumber(value) && Number.isInteger(value) && value >= least && value <= most;
}

/** A moment in ISO 8601 that there is, in UTC or with how far from it. */
export function isTime(value: unknown): boolean {
  if (!isText(value)) return false;
  const [, day = "", rest] =
    /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))$/.exec(value) ?? [];
  if (rest === undefined || Number.isNaN(Date.parse(value))) return false;
  // Else the 30th of February would be in March.
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** A moment, or how long ago from now. */
export function isStart(value: unknown): boolean {
  return isTime(value) || (isText(value) && /^-PT?\d+[MHDW]$/.test(value));
}

/** Seconds. Below a minute, of metrics in high resolution alone. */
export function isPeriod(value: unknown): boolean {
  return isNumber(value) && ([1, 5, 10, 30].includes(value) || (value > 0 && value % 60 === 0));
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
export function isStat(value: unknown): boolean {
  if (!isText(value)) return false;
  if (/^(?:SampleCount|Average|Sum|Minimum|Maximum|IQM)$/.test(value)) return true;
  if (/^(?:p|tm|wm|tc|ts)(?:\d{1,2}(?:\.\d{1,10})?|100)$/.test(value)) return true;
  const range = /^(TM|WM|TC|TS|PR)\((\d+(?:\.\d+)?)?(%?):(\d+(?:\.\d+)?)?(%?)\)$/.exec(value);
  if (range === null) return false;
  const [, name, from, fromPercent, to, toPercent] = range;
  const percent = [from && fromPercent, to && toPercent].filter((unit) => unit !== undefined);
  // A rank is that of values, not of shares; both ends are of one kind.
  return percent.length > 0 && new Set(percent).size === 1 && (name !== "PR" || percent[0] === "");
}

export function isColor(value: unknown): boolean {
  return isText(value) && /^#[0-9a-fA-F]{6}$/.test(value);
}

export function isRegion(value: unknown): boolean {
  return isText(value) && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(value);
}
