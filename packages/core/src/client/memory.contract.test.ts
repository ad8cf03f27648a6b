import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("./memory.process.ts", import.meta.url));
const LIMIT = 16 * 1024 * 1024;

it("stays within its limit of memory through 1,000,000 distinct reads", async () => {
  const args = ["--expose-gc", PROGRAM, "1000000", String(LIMIT)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { grown } = JSON.parse(stdout) as { grown: number };
  expect(grown).toBeLessThan(LIMIT);
  // It holds something all the same.
  expect(grown).toBeGreaterThan(LIMIT / 8);
});
