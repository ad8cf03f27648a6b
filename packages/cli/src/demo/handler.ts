import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { style } from "../words/style.ts";

const LOOP = fileURLToPath(new URL("./handler-loop.ts", import.meta.url));

/** A handler in a process of its own. */
export interface RunningHandler {
  /** Sends a message and shows all that the handler says until it has answered. */
  ask(message: string): Promise<void>;
  stop(): Promise<void>;
}

export function startHandler(cli: string, folder: string, ttlMs: number): RunningHandler {
  process.stdout.write(style.strong("\n$ npx promptops exec -- node handler-loop.ts\n"));
  const child = spawn(process.execPath, [cli, "exec", "--", process.execPath, LOOP], {
    cwd: folder,
    stdio: ["pipe", "pipe", "inherit"],
    // The demo calls no model, whatever the shell is set to.
    env: {
      ...process.env,
      PROMPTOPS_TTL_MS: String(ttlMs),
      PROMPTOPS_MODEL_CALLS: "",
      PROMPTOPS_SERVICE: "intent-classifier",
    },
  });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(message) {
      process.stdout.write(`${style.strong(`> ${message}`)}\n`);
      child.stdin.write(`${message}\n`);
      for (;;) {
        const { value: line, done } = await lines.next();
        if (done) throw new Error("the handler ended");
        process.stdout.write(`${line}\n`);
        if (line.startsWith("HTTP ")) return;
      }
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
