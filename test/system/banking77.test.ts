import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { banking77, keywordsFor } from "../banking77.ts";
import { Project, promptFile } from "./project.ts";

const messages = banking77();

test.skipIf(messages === undefined)(
  "a suite of the 3,080 messages of Banking77 is run and reported",
  async () => {
    const cases = (messages ?? []).map(({ text, category }) => ({ input: text, expected: category }));
    const suite = {
      prompt_id: "bank.intents",
      provider: "keyword",
      keywords: keywordsFor(messages ?? []),
      cases,
    };
    using project = new Project();
    await project.init();
    project.write("prompts/bank/intents.yaml", promptFile("bank.intents", 1));
    project.write(
      "evals/bank/intents.yaml",
      stringify(suite, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" }),
    );
    const report = await project.json<{
      results: { run: { size: number; totals: { passed: number; accuracy: number } } }[];
    }>("eval", "--junit", "report.xml");
    const [result] = report.results;
    expect(result?.run.size).toBe(3_080);
    expect(result?.run.totals.accuracy).toBeCloseTo((result?.run.totals.passed ?? 0) / 3_080, 10);
    // Names of categories as keywords are a poor model, and yet far better than chance, which is one in 77.
    expect(result?.run.totals.accuracy).toBeGreaterThan(0.2);
    expect(
      readFileSync(join(project.folder, "report.xml"), "utf8").match(/<testcase /g)?.length,
    ).toBeGreaterThan(3_079);
  },
);
