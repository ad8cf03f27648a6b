import { CommanderError } from "commander";
import type { Outcome } from "./outcome.ts";
import { createProgram, type Run } from "./program.ts";

/** Exit codes: 0 fine, 1 the user's problem, 2 usage, 3 the service's. */
const EXIT = { user: 1, usage: 2, service: 3 } as const;

const run: Run =
  (load) =>
  async (...args) => {
    const [options, ...positional] = [args.at(-2), ...args.slice(0, -2)];
    const { json = false, stage } = options as { json?: boolean; stage?: string };
    const { openContext } = await import("./open.ts");
    const { context, close } = openContext(stage);
    try {
      // First of all: it says in which region everything else is.
      await context.stage();
      const handler = (await load()) as (...values: unknown[]) => Promise<Outcome>;
      const outcome = await handler(context, ...positional, options);
      context.progress.end();
      print(json ? (JSON.stringify(outcome.json, undefined, 2) ?? "") : outcome.text);
      process.exitCode = outcome.exitCode ?? 0;
    } catch (error) {
      context.progress.end();
      const { report } = await import("./report.ts");
      const { text, blame } = await report(error, context, json);
      process.stderr.write(text);
      process.exitCode = EXIT[blame];
    } finally {
      await close();
    }
  };

function print(text: string): void {
  if (text !== "") process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

// A reader that has seen enough, such as head, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await createProgram(run).parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
}
