import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleFunction, functionNames, type Invocation, startFunction } from "@promptops/artifacts";
import { UserError } from "@promptops/core/domain";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";

/** The repository that has the functions, wherever the prompts are. */
const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));
const TIMEOUT_MS = 30_000;

interface Options {
  readonly event: string;
  readonly json?: boolean;
}

/** Runs a function once as Lambda would, on this project's ledger. It is built anew, so it is what the sources say. */
export async function invoke(context: Context, name: string, options: Options): Promise<Outcome> {
  const names = functionNames(REPOSITORY);
  if (!names.includes(name)) {
    throw new UserError("unknown-function", `there is no function "${name}"`, {
      hint: `There is ${names.join(", ")}.`,
      facts: { functions: names },
    });
  }
  const event = readEvent(options.event);
  const { payload, error, logs, coldStart, initMs } = await run(context, name, event);
  if (options.json !== true) for (const line of logs) process.stderr.write(`${line}\n`);
  if (error !== undefined) {
    throw new UserError("function-failed", `${name} failed: ${error.errorType}: ${error.errorMessage}`, {
      ...(error.stackTrace.length > 1 ? { hint: error.stackTrace.slice(1).join("\n").trim() } : {}),
      facts: { ...error, logs },
    });
  }
  return {
    json: { payload, logs, coldStart, initMs: Math.round(initMs) },
    text: JSON.stringify(payload, undefined, 2),
  };
}

function readEvent(file: string): unknown {
  const name = file === "-" ? "the event on stdin" : file;
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UserError("no-event", `${name} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError("malformed-event", `${name} is not JSON: ${(error as Error).message}`, {
      hint: 'Give the event that Lambda would, such as {"body":"{\\"message\\":\\"I was charged twice\\"}"}.',
      cause: error,
    });
  }
}

async function run(context: Context, name: string, event: unknown): Promise<Invocation> {
  const environment = { ...process.env, ...(await context.environment()) };
  const folder = mkdtempSync(join(tmpdir(), "promptops-function-"));
  try {
    context.progress.update(`building ${name}`);
    await bundleFunction(REPOSITORY, name, folder);
    context.progress.end();
    await using fn = startFunction({
      name,
      folder,
      handler: "index.handler",
      environment,
      timeoutMs: TIMEOUT_MS,
    });
    return await fn.invoke(event);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
