import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Where to write a report for programs, besides the usual output. `.ci/run` asks for one. */
const report = process.env.PROMPTOPS_TEST_REPORT;

/**
 * unit: pure code, no engine, no processes. contract: one package against real engines and processes.
 * system: the whole, as its users run it. stacks: what would be deployed, evaluated without an account.
 */
export default defineConfig({
  test: {
    // Most tests wait for processes and engines; on two cores vitest alone would run one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    ...(report && { reporters: ["default", ["json", { outputFile: report }]] }),
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "test/unit/**/*.test.ts"],
          exclude: ["**/*.contract.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "contract",
          include: ["packages/*/src/**/*.contract.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "stacks",
          include: ["test/stacks/**/*.test.ts"],
          globalSetup: "test/stacks/setup.ts",
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
