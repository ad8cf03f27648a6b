/** A value of a result. A time is ISO 8601 in UTC; a whole number too large for JavaScript is text. */
export type Value = string | number | boolean | null;

export type Row = Readonly<Record<string, Value>>;

export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Which events a question is about. */
export interface Scope {
  /** The oldest. */
  readonly since: Date;
  readonly promptId?: string;
}

/** The questions; each has a file of its name in `sql/`. */
export type Question = "stats-by-prompt" | "stats-by-version" | "moments" | "census" | "cost" | "tail";

/** Answers questions about events, wherever these are. */
export interface EventsRunner extends AsyncDisposable {
  /** @param values for the placeholders of the question's own. */
  ask(question: Question, scope: Scope, values?: Readonly<Record<string, number>>): Promise<Result>;
  /**
   * The answer to one SELECT over `events`, in the engine's own SQL.
   *
   * @throws UserError `not-a-select`, `query-failed`.
   */
  query(select: string, scope: Scope): Promise<Result>;
}
