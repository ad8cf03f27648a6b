/** A filter pattern of CloudWatch Logs for lines of JSON. */
export interface FilterPattern {
  /** How many regular expressions it has: a log group takes five patterns with any. */
  readonly regexes: number;
  passes(line: string): boolean;
}

/** Whether a condition holds of a line's JSON. */
type Condition = (root: unknown) => boolean;

const MAX_LENGTH = 1024;
const MAX_REGEXES = 2;
const NUMBER = /[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.*])/y;
/** Letters, digits, and what the documentation's own examples have without quotes. */
const WORD = /[\w.*]+/y;
/** A backslash before the quote that ends it would be an escape, which nobody documents. */
const QUOTED = /"(?:[^"\\]|\\(?!"))*"/y;
const REGEX = /%(?:[^%\\]|\\.)+%/y;
const IN_REGEX = /^[\w:#=@/;,^$?[\]{}|\\*+.-]+$/;

/**
 * Reads a filter pattern by the grammar that is documented for JSON, and by no more than that: what CloudWatch might take
 * besides is refused here.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws an error that says where the pattern is wrong, and what would be right there.
 */
export function parseFilterPattern(text: string): FilterPattern {
  let at = 0;
  let regexes = 0;

  const refuse = (expected: string): never => {
    throw new Error(`${text}\n${" ".repeat(at)}^ expected ${expected}, at ${at}`);
  };
  const here = (token: RegExp): string | undefined => {
    token.lastIndex = at;
    const [found] = token.exec(text) ?? [];
    at += found?.length ?? 0;
    return found;
  };
  const take = (token: RegExp): string | undefined => {
    here(/\s*/y);
    return here(token);
  };
  const need = (token: RegExp, expected: string): string => take(token) ?? refuse(expected);

  const anyOf = (): Condition => {
    const some = [allOf()];
    while (take(/\|\|/y)) some.push(allOf());
    return (root) => some.some((holds) => holds(root));
  };
  const allOf = (): Condition => {
    const all = [one()];
    while (take(/&&/y)) all.push(one());
    return (root) => all.every((holds) => holds(root));
  };
  const one = (): Condition => {
    if (!take(/\(/y)) return comparison();
    const inner = anyOf();
    need(/\)/y, "a closing parenthesis");
    return inner;
  };
  const comparison = (): Condition => {
    const value = selector();
    if (take(/NOT\s+EXISTS\b/y)) return (root) => value(root) === undefined;
    if (take(/IS\b/y)) {
      const name = need(/(?:NULL|TRUE|FALSE)\b/y, "NULL, TRUE or FALSE");
      const expected = { NULL: null, TRUE: true, FALSE: false }[name];
      return (root) => value(root) === expected;
    }
    const operator = need(/!=|>=|<=|=|>|</y, "a comparison");
    const number = take(NUMBER);
    if (number !== undefined) {
      const holds = ordering(operator, Number(number));
      return (root) => {
        const found = value(root);
        return typeof found === "number" && holds(found);
      };
    }
    if (operator !== "=" && operator !== "!=") return refuse("a number");
    const matches = textMatcher();
    return (root) => {
      const found = value(root);
      // What is neither a text nor a number is not compared: the filter does not apply.
      return isValue(found) && matches(found) === (operator === "=");
    };
  };
  const selector = (): ((root: unknown) => unknown) => {
    need(/\$/y, "a selector, which begins with $");
    const path: (string | number)[] = [];
    for (;;) {
      const name = here(/\.[\w-]+/y);
      // An element follows a property.
      const element = name === undefined && path.length > 0 ? here(/\[\d+\]/y) : undefined;
      if (name !== undefined) path.push(name.slice(1));
      else if (element !== undefined) path.push(Number(element.slice(1, -1)));
      else break;
    }
    if (path.length === 0) return refuse("a property, .name");
    return (root) => path.reduce(memberOf, root);
  };
  const textMatcher = (): ((value: string | number) => boolean) => {
    const quoted = take(QUOTED);
    if (quoted !== undefined) return wildcards(quoted.slice(1, -1));
    const regex = take(REGEX)?.slice(1, -1);
    if (regex !== undefined) {
      regexes += 1;
      if (!IN_REGEX.test(regex)) return refuse("a regular expression of the characters that are supported");
      if (regexes > MAX_REGEXES) return refuse(`at most ${MAX_REGEXES} regular expressions`);
      const pattern = new RegExp(regex);
      return (value) => typeof value === "string" && pattern.test(value);
    }
    const word = need(WORD, "a text, a number or a regular expression");
    // Any value at all, as in the documentation of metric values.
    return word === "*" ? () => true : wildcards(word);
  };

  if (text.length > MAX_LENGTH) refuse(`at most ${MAX_LENGTH} characters`);
  need(/\{/y, "{");
  const holds = anyOf();
  need(/\}/y, "&&, || or }");
  here(/\s*/y);
  if (at < text.length) refuse("the end");
  return {
    regexes,
    passes(line) {
      const root = jsonOf(line);
      return root !== undefined && holds(root);
    },
  };
}

function ordering(operator: string, right: number): (left: number) => boolean {
  switch (operator) {
    case "=":
      return (left) => left === right;
    case "!=":
      return (left) => left !== right;
    case ">":
      return (left) => left > right;
    case "<":
      return (left) => left < right;
    case ">=":
      return (left) => left >= right;
    default:
      return (left) => left <= right;
  }
}

/** A star before or after a text stands for anything; one within it is a star. */
function wildcards(pattern: string): (value: string | number) => boolean {
  const [, before = "", text = "", after = ""] = /^(\*?)(.*?)(\*?)$/s.exec(pattern) ?? [];
  return (value) => {
    if (typeof value !== "string") return false;
    if (before && after) return value.includes(text);
    if (before) return value.endsWith(text);
    return after ? value.startsWith(text) : value === text;
  };
}

function isValue(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function memberOf(value: unknown, step: string | number): unknown {
  if (typeof step === "number") return Array.isArray(value) ? value[step] : undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
