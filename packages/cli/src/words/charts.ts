const LEVELS = "▁▂▃▄▅▆▇█";

/** One character for each value, as high as it is; nothing where all are zero. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(0, ...values);
  if (most === 0) return "";
  return values.map((value) => LEVELS[Math.round((value / most) * (LEVELS.length - 1))]).join("");
}

/** A bar of at most `width` characters for a share from 0 to 1; something for all that is above 0. */
export function bar(share: number, width: number): string {
  return "█".repeat(share > 0 ? Math.max(1, Math.round(share * width)) : 0);
}
