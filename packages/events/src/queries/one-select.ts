import { UserError } from "@promptops/core/domain";

/** Texts, quoted names and comments: what a keyword or a semicolon inside of them says is no SQL. */
const QUIET = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * A query without its last semicolon.
 *
 * @throws UserError `not-a-select` where it is not one SELECT, as far as can be told without parsing it.
 */
export function oneSelect(query: string): string {
  const bare = query.replace(QUIET, (quiet) => (/^['"]/.test(quiet) ? "x" : " ")).trim();
  const statements = bare.split(";").filter((statement) => statement.trim() !== "");
  if (statements.length !== 1 || !/^(select|with)\b/i.test(bare)) throw notASelect();
  return query.trim().replace(/(?:;|--[^\n]*$|\/\*(?:(?!\*\/)[\s\S])*\*\/$|\s)+$/, "");
}

export function notASelect(): UserError {
  return new UserError("not-a-select", "the query is not one SELECT", {
    hint: 'Ask one question, and change nothing: promptops events query "SELECT event, COUNT(*) FROM events GROUP BY event"',
  });
}
