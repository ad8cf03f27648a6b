import { loadPrompt } from "@promptops/core";

/** The first prompt of a process, as a handler reads it that uses this software. */
export async function handler(id: string): Promise<string | undefined> {
  return (await loadPrompt(id)).template;
}
