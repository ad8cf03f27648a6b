import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Customer messages of the Banking77 data set (CC BY 4.0), which is not part of this repository, by default beside it. */
const FOLDER =
  process.env.BANKING77 ?? fileURLToPath(new URL("../../shared/data/banking77", import.meta.url));

export interface LabelledMessage {
  readonly text: string;
  readonly category: string;
}

/** The 3,080 messages of the test set, or the 10,003 of the training set; undefined where the data set is not there. */
export function banking77(set: "test" | "train" = "test"): readonly LabelledMessage[] | undefined {
  const file = `${FOLDER}/${set}.csv`;
  if (!existsSync(file)) return undefined;
  const [, ...rows] = parseCsv(readFileSync(file, "utf8"));
  return rows.map(([text = "", category = ""]) => ({ text, category }));
}

/** The words of a category's own name, as keywords for it. */
export function keywordsFor(
  messages: readonly LabelledMessage[],
): Readonly<Record<string, readonly string[]>> {
  const categories = [...new Set(messages.map(({ category }) => category))];
  return Object.fromEntries(
    categories.map((category) => [category, category.toLowerCase().match(/[a-z]+/g) ?? []]),
  );
}

/** RFC 4180: fields in quotes may hold commas, line breaks and doubled quotes. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    const row = rows.at(-1);
    row?.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}
