const MAX_LENGTH = 1024;
const CALL = /^SEARCH\(\s*'([^']*)'\s*,\s*'([^']*)'\s*(?:,\s*(\d+)\s*)?\)$/;
/** Other characters than letters and digits want quotes; documented examples have a slash without. */
const NAME = /[A-Za-z0-9/]+|"[^"]+"/y;
/** Within quotes, these have a backslash before them: " \ ( ) */
const EXACT = /"(?:[^"\\()]|\\["\\()])+"/y;
const WORD = /[^\s"(){}',=]+/y;

/** A search for metrics, on a graph. */
export interface Search {
  readonly stat: string;
  /** In seconds; without it, that of the graph. */
  readonly period?: number;
}

/**
 * Reads a search for metrics by its documented grammar: a schema in braces, terms by whole or part, designators, AND, OR, NOT
 * and parentheses.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 *
 * @throws an error that says what is wrong.
 */
export function parseSearch(expression: string): Search {
  if (expression.length > MAX_LENGTH) throw new Error(`it has more than ${MAX_LENGTH} characters`);
  const [, query, stat, period] = CALL.exec(expression) ?? [];
  if (query === undefined || stat === undefined)
    throw new Error("it is not SEARCH('…', 'statistic', period)");
  parseQuery(query);
  return { stat, ...(period !== undefined && { period: Number(period) }) };
}

function parseQuery(query: string): void {
  let at = 0;
  const take = (token: RegExp): string | undefined => {
    while (/\s/.test(query[at] ?? "")) at += 1;
    token.lastIndex = at;
    const [found] = token.exec(query) ?? [];
    at += found?.length ?? 0;
    return found;
  };
  const need = (token: RegExp, expected: string): void => {
    if (take(token) === undefined) throw new Error(`at ${at} of ${query}, expected ${expected}`);
  };
  const anyOf = (): void => {
    allOf();
    while (take(/OR\b/y)) allOf();
  };
  const allOf = (): void => {
    one();
    // Terms side by side are as with AND between them.
    while (take(/AND\b/y) || /^\s*(?!OR\b|\)|$)\S/.test(query.slice(at))) one();
  };
  const one = (): void => {
    take(/NOT\b/y);
    if (take(/\(/y)) {
      anyOf();
      need(/\)/y, "a closing parenthesis");
      return;
    }
    if (take(EXACT)) return;
    need(WORD, "a term");
    if (take(/=/y) && !take(EXACT)) need(WORD, "a value");
  };

  const hasSchema = take(/\{/y) !== undefined;
  if (hasSchema) {
    need(NAME, "a namespace");
    while (take(/,/y)) need(NAME, "a dimension");
    need(/\}/y, ", or }");
    take(/,/y);
  }
  if (take(/$/y) === undefined) anyOf();
  else if (!hasSchema) throw new Error("it searches for nothing");
  need(/$/y, "the end");
}
