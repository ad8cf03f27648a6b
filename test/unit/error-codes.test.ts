import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const REPOSITORY = join(import.meta.dirname, "../..");

test("docs/reading.md has each error of the client, and no other", () => {
  const files = globSync("packages/core/src/**/*.ts", { cwd: REPOSITORY, exclude: ["**/*.test.ts"] });
  const thrown = files.flatMap((file) => {
    const source = readFileSync(join(REPOSITORY, file), "utf8");
    const errors = source.matchAll(/(?:(?:UserError|ServiceError)\(|super\()\s*"([a-z-]+)"/g);
    return [...errors].map(([, code]) => code);
  });
  const page = readFileSync(join(REPOSITORY, "docs/reading.md"), "utf8");
  const rows = page
    .slice(page.indexOf("## Errors"))
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const told = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([a-z-]+)`/g)].map(([, code]) => code),
  );
  expect(told.toSorted()).toEqual([...new Set(thrown)].toSorted());
});
