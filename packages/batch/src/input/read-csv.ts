import { Readable } from "node:stream";
import { UserError } from "@promptops/core";
import { parse } from "csv-parse";
import type { Unnumbered } from "./read-records.ts";

/** How many records are given at once. */
const SOME = 256;

/**
 * A record for each row, its fields under the names in the first row. All fields are texts. A row with more or fewer fields than
 * names is a record with a problem.
 *
 * @throws UserError `malformed-input` for quotes that cannot be understood, and for a name that is there twice.
 */
export async function* readCsv(
  place: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Unnumbered[]> {
  const source = Readable.from(bytes, { objectMode: false });
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true });
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let names: readonly string[] | undefined;
  let some: Unnumbered[] = [];
  try {
    for await (const row of parser as AsyncIterable<readonly string[]>) {
      if (names === undefined) {
        names = distinct(place, row);
        continue;
      }
      some.push(recordOf(names, row));
      if (some.length < SOME) continue;
      yield some;
      some = [];
    }
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (!code.startsWith("CSV_")) throw error;
    throw new UserError("malformed-input", `${place} is no CSV: ${message}`, {
      facts: { place },
      cause: error,
    });
  } finally {
    source.destroy();
  }
  yield some;
}

function recordOf(names: readonly string[], row: readonly string[]): Unnumbered {
  if (row.length !== names.length) {
    return { record: row, problem: `the row has ${row.length} fields, the first row ${names.length}` };
  }
  const record: Record<string, string> = {};
  for (const [at, name] of names.entries()) record[name] = row[at] ?? "";
  return { record };
}

function distinct(place: string, names: readonly string[]): readonly string[] {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return names;
  throw new UserError("malformed-input", `${place} has the column "${twice}" twice`, { facts: { place } });
}
