import { readFileSync } from "node:fs";
import { EVENT_COLUMNS } from "../columns.ts";
import { sqlText } from "../sql-text.ts";
import type { Dialect } from "./dialects.ts";
import type { Question, Scope } from "./runner.ts";

const sqlFile = (name: string) => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), "utf8").trim();

/** A question in an engine's words, with its values; `events` is what {@link withEvents} says. */
export function questionSql(
  question: Question,
  dialect: Dialect,
  values: Readonly<Record<string, number>> = {},
): string {
  const text = fill(sqlFile(question), { measures: sqlFile("measures"), ...values });
  return text.replace(/percentile\((\w+), ([\d.]+)\)/g, (_, column: string, share: string) =>
    dialect.percentile(column, share),
  );
}

/** The events of a scope, each once. `lake` names the table that has them. */
export function eventsSql(lake: string, condition: string): string {
  return fill(sqlFile("events"), { columns: COLUMNS, lake, scope: condition });
}

/** The columns of the lake, quoted: `timestamp` is a word of SQL. */
export const COLUMNS: string = EVENT_COLUMNS.map(({ name }) => `"${name}"`).join(", ");

/** A condition for the events of a scope. The one on `dt` says which folders to read. */
export function scopeSql({ since, promptId }: Scope): string {
  const at = since.toISOString();
  const time = `TIMESTAMP '${at.slice(0, 10)} ${at.slice(11, 23)}'`;
  const id = promptId === undefined ? "" : ` AND prompt_id = ${sqlText(promptId)}`;
  return `dt >= '${at.slice(0, 10)}' AND "timestamp" >= ${time}${id}`;
}

/** A SELECT (or `WITH … SELECT`) that knows `events`. */
export function withEvents(events: string, select: string): string {
  const own = /^((?:\s|--[^\n]*\n|\/\*.*?\*\/)*)with\s+(recursive\s+)?/is.exec(select);
  if (own === null) return `WITH events AS (\n${events}\n)\n${select}`;
  return `WITH ${own[2] ?? ""}events AS (\n${events}\n),\n${select.slice(own[0].length)}`;
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`nothing was given for {{${name}}}`);
    return String(value);
  });
}
