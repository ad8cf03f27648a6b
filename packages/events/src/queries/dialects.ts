/** What the engines say differently. Everything else in `sql/` is common to both. */
export interface Dialect {
  /** The value below which this share of a column's values lies; nulls do not count. */
  percentile(column: string, share: string): string;
}

export const DUCKDB: Dialect = {
  percentile: (column, share) => `QUANTILE_CONT(${column}, ${share})`,
};

/** Trino, as Athena's engine version 3 has it. */
export const ATHENA: Dialect = {
  percentile: (column, share) => `APPROX_PERCENTILE(${column}, ${share})`,
};
