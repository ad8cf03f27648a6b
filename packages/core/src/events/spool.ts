import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EventSink } from "./log.ts";

/**
 * Keeps event lines in a file of this process besides: `<pid>-<start>.jsonl` in the folder that
 * `PROMPTOPS_EVENTS_SPOOL` names, from where `promptops events` takes them. A file is opened anew for each line, so
 * that it can be taken away at any time.
 *
 * @returns undefined where the setting is not there.
 */
export function spoolIn({
  PROMPTOPS_EVENTS_SPOOL: folder,
}: Readonly<Record<string, string | undefined>>): EventSink | undefined {
  if (!folder) return undefined;
  const file = join(folder, `${process.pid}-${Date.now()}.jsonl`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    // Then no line can be kept either, and each fails by itself.
  }
  return (line) => appendFileSync(file, line);
}
