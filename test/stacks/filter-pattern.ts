const CONDITION = /^\(?\s*\$\.(\w+)\s*(=|>)\s*(?:"([^"]*)"|(\d+))\s*\)?$/;

/**
 * Whether CloudWatch Logs' filter pattern lets a line through, as far as patterns are used here: alternatives of conditions on
 * members of JSON, texts with a `*` at the end, and numbers.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function passes(pattern: string, line: string): boolean {
  const inner = /^\{(.*)\}$/.exec(pattern)?.[1];
  if (inner === undefined) throw new Error(`not a pattern for JSON: ${pattern}`);
  const members = JSON.parse(line) as Readonly<Record<string, unknown>>;
  return inner
    .split("||")
    .some((some) => some.split("&&").every((condition) => holds(condition.trim(), members)));
}

function holds(condition: string, members: Readonly<Record<string, unknown>>): boolean {
  const [, name = "", operator, text, number] = CONDITION.exec(condition) ?? [];
  const value = members[name];
  if (operator === ">" && number !== undefined) return typeof value === "number" && value > Number(number);
  if (operator === "=" && text !== undefined && /^[^*]*\*?$/.test(text)) {
    if (typeof value !== "string") return false;
    return text.endsWith("*") ? value.startsWith(text.slice(0, -1)) : value === text;
  }
  throw new Error(`not a condition that is understood here: ${condition}`);
}
