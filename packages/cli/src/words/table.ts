import { stripVTControlCharacters } from "node:util";
import { style } from "./style.ts";

/** Rows under headings, in columns as wide as they need to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => stripVTControlCharacters(row[at] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map(
        (cell, at) =>
          cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - stripVTControlCharacters(cell).length)),
      )
      .join("  ")
      .trimEnd();
  return [style.dim(line(headings)), ...rows.map(line)].join("\n");
}
