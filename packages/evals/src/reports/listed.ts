/** How many cases a report for people lists of a kind; the JSON report has them all. */
const MAX_LISTED = 20;

/** The first of the items as lines, and a line for the rest. */
export function listed<T>(items: readonly T[], line: (item: T) => string): readonly string[] {
  const rest = items.length - MAX_LISTED;
  return [...items.slice(0, MAX_LISTED).map(line), ...(rest > 0 ? [`and ${rest} more`] : [])];
}
