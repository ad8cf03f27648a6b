/** A rule that a service documents for what is deployed to it. */
export interface Rule<Subject> {
  /** In a sentence. */
  readonly says: string;
  /** Where the service says so. */
  readonly source: string;
  readonly holds: (subject: Subject) => boolean;
}

/** The rules that a subject breaks: what each says, and where the service says so. */
export function brokenRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): readonly string[] {
  return rules.filter(({ holds }) => !holds(subject)).map(({ says, source }) => `${says} (${source})`);
}

/** What a broken rule says, without where. */
export function ruleOf(fault: string): string {
  return fault.replace(/ \(https:.*\)$/, "");
}

/** Whether a value is left out, or is a whole number within limits. */
export function isWholeWithin(value: unknown, least: number, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most);
}
