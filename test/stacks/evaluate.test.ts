import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeProgram } from "./describe-program.ts";
import { evaluate } from "./evaluate.ts";

describeProgram("the program", () => {
  it("asks for nothing where a shared stage lacks a setting", async () => {
    const work = mkdtempSync(join(tmpdir(), "promptops-stacks-"));
    const root = join(import.meta.dirname, "../..");
    await expect(evaluate({ root, stage: "production", work, environment: {} })).rejects.toMatchObject({
      stderr: expect.stringContaining("missing-setting"),
    });
    rmSync(work, { recursive: true });
  });
});
