import { expect, it } from "vitest";
import { evaluated, suiteOf } from "../fixtures.ts";
import { jsonReport } from "./json.ts";
import { compared } from "./samples.ts";

it("has everything, and says whether all passed", async () => {
  const result = await compared();
  const report = JSON.parse(JSON.stringify(jsonReport([result])));
  expect(report).toEqual({ pass: true, results: [result] });
  expect(jsonReport([result, await evaluated({ suite: suiteOf([]) })]).pass).toBe(false);
});
