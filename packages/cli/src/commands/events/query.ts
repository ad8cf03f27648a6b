import { stripVTControlCharacters } from "node:util";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { table } from "../../words/table.ts";
import { type AskOptions, answer, withEvents } from "./ask.ts";

/** One SELECT over the events since a time. */
export async function query(context: Context, select: string, options: AskOptions): Promise<Outcome> {
  const { since } = options;
  const { columns, rows } = await withEvents(context, ({ runner }) => runner.query(select, { since }));
  const cells = rows.map((row) => columns.map((name) => (row[name] === null ? "" : shown(row[name]))));
  return answer(options, {
    json: rows,
    columns,
    rows,
    text: rows.length === 0 ? "No rows." : table(columns, cells),
  });
}

/** A value in a line, without what a terminal would obey. */
function shown(value: unknown): string {
  return stripVTControlCharacters(String(value)).replace(/\p{Cc}/gu, " ");
}
