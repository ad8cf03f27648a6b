import { LangfuseClient } from "@langfuse/client";

/** The first prompt of a process by Langfuse's client, which its environment tells where to ask. */
export async function handler(id: string): Promise<string> {
  return (await new LangfuseClient().prompt.get(id, { type: "text" })).prompt;
}
