import { constants } from "node:os";
import type { Context, Signal } from "./context.ts";

/**
 * Ends the program on SIGINT and SIGTERM, after `close`, unless a command has other plans. The same signal again does
 * not wait for `close`.
 */
export function handleSignals(close: () => Promise<void>): Context["onSignal"] {
  const handlers = new Map<Signal, () => void>();
  const end = (signal: Signal) => {
    process.removeAllListeners(signal);
    void close().finally(() => process.exit(128 + constants.signals[signal]));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => (handlers.get(signal) ?? (() => end(signal)))());
  }
  return (signal, handle) => {
    if (handle === undefined) handlers.delete(signal);
    else handlers.set(signal, handle);
  };
}
