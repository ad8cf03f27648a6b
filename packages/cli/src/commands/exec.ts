import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { UserError } from "@promptops/core/domain";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";

/** Runs a program with the settings that make its client read this ledger, and passes on its exit code. */
export async function exec(context: Context, [program = "", ...args]: readonly string[]): Promise<Outcome> {
  const env = { ...process.env, ...(await context.environment()) };
  const child = spawn(program, args, { stdio: "inherit", env });
  // The program decides when it ends, and the ledger stays open until then. A terminal's Ctrl-C reaches it by itself.
  context.onSignal("SIGINT", () => {});
  context.onSignal("SIGTERM", () => child.kill("SIGTERM"));
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return {
      json: null,
      text: "",
      exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
    };
  } catch (error) {
    throw new UserError("cannot-run", `${program} cannot be run: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
