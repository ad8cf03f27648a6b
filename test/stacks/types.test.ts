import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeProgram } from "./describe-program.ts";

const ROOT = join(import.meta.dirname, "../..");

describeProgram("the program", () => {
  it("type-checks against SST's own sources", async () => {
    const tsc = [
      join(ROOT, "node_modules/typescript/bin/tsc"),
      "-p",
      join(ROOT, "stacks"),
      "--pretty",
      "false",
    ];
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, tsc, { cwd: ROOT, maxBuffer: 1e8 }, (_, stdout) => resolve(stdout));
    });
    const errors = output.split("\n").filter((line) => /^\S.*error TS\d+/.test(line));
    // SST's sources do not keep this repository's rules: were they not seen, there would be no errors.
    expect(errors.some((line) => line.startsWith(".sst/platform/src/components/"))).toBe(true);
    expect(errors.filter((line) => /^(?:stacks\/|sst\.config)/.test(line))).toEqual([]);
  });
});
