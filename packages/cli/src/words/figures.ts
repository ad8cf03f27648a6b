/** Figures as people read them; a dash where there is none. */
const NONE = "-";

export function number(value: number | null): string {
  return value === null ? NONE : Math.round(value).toLocaleString("en");
}

export function percent(share: number | null): string {
  return share === null ? NONE : `${(share * 100).toFixed(share !== 0 && Math.abs(share) < 0.01 ? 2 : 1)} %`;
}

/** US dollars, with as many digits as small sums take. */
export function dollars(value: number | null): string {
  if (value === null) return NONE;
  const digits =
    value === 0 || Math.abs(value) >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(Math.abs(value))));
  return `$${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}

/** A time that something took, in milliseconds. */
export function duration(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms < 1_000) return `${Number(ms.toPrecision(3))} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toPrecision(3))} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}
