/** A pattern of EventBridge, as far as it is used here. */
export interface EventPattern {
  readonly [field: string]: EventPattern | readonly string[];
}

/** The rules of EventBridge that are used: a field has one of the values listed. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = (event as Readonly<Record<string, unknown>> | undefined)?.[field];
    return isList(wanted) ? wanted.some((one) => one === value) : matches(wanted, value);
  });
}

function isList(wanted: EventPattern | readonly string[]): wanted is readonly string[] {
  return Array.isArray(wanted);
}
