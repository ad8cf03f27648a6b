import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EVENT_FIELDS } from "@promptops/core/events";
import { expect, it } from "vitest";

it("docs/events.md has a row for every field of an event, with its type and what it says", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/events.md"), "utf8");
  const table = page.slice(page.indexOf("| field | type | |"), page.indexOf("## Sampling"));
  const rows = table.match(/^\| `.*\|$/gm);
  expect(rows).toEqual(
    Object.entries(EVENT_FIELDS).map(([name, { type, about }]) => `| \`${name}\` | ${type} | ${about} |`),
  );
});
