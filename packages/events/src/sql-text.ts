/** A text as SQL has it, in DuckDB and in Athena. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
