import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { REPOSITORY } from "./project.ts";

test("npm run demo goes through the whole life of a prompt", async () => {
  const { stdout } = await promisify(execFile)("npm", ["run", "demo"], {
    cwd: REPOSITORY,
    env: { ...process.env, NO_COLOR: "1" },
  });
  const answers = stdout.split("\n").filter((line) => line.startsWith("HTTP "));
  expect(answers.map((line) => JSON.parse(line.slice("HTTP 200 ".length)))).toMatchObject([
    { intent: "billing", prompt_version: 2 },
    { intent: "retention", prompt_version: 2 },
    { intent: "other", prompt_version: 3 },
    { intent: "retention", prompt_version: 2 },
  ]);
  const serving = stdout.match(/live of \S+ serves #\d/g);
  expect(serving?.map((line) => line.at(-1))).toEqual(["3", "2"]);
  expect(stdout).toContain("verified: ");
  expect(stdout).toContain("cancellations are no longer recognised");
  const events = stdout.slice(stdout.indexOf("promptops events stats"));
  expect(stdout).toContain("300 records done, none failed");
  expect(stdout).toContain(
    '{"record_id":0,"text":"Hello: the invoice for order 1 is wrong","intent":"billing"}',
  );
  expect(events).toMatch(/^#2 +303 +0\.0 %/m);
  expect(events).toMatch(/^#3 +1 +0\.0 %/m);
  expect(events).toMatch(/live +intent-classifier +#2 .* current$/m);
  expect(events).toMatch(/rolled live back to #2 at \S+; #3 was not given after that$/m);
  expect(events).toMatch(/^\S+ +batch completed +\S+#2/m);
});
