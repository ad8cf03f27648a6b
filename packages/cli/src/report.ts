import { isPromptOpsError } from "@promptops/core/domain";
import type { Context } from "./context.ts";
import { suggestIds } from "./ids.ts";
import { UsageError } from "./usage-error.ts";
import { style } from "./words/style.ts";

/**
 * An error in words (or as JSON): what is wrong, then what to do. A mistyped id gets the ids that look like it.
 * What was not thrown on purpose is a fault of ours and keeps its stack.
 */
export async function report(
  error: unknown,
  context: Context,
  json: boolean,
): Promise<{ readonly text: string; readonly blame: "user" | "usage" | "service" }> {
  if (!isPromptOpsError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      text: json ? `${JSON.stringify({ error: { code: "internal", message: text } })}\n` : `${text}\n`,
      blame: "service",
    };
  }
  const { code, message, facts } = error;
  const blame = error instanceof UsageError ? "usage" : error.blame;
  const meant =
    code === "prompt-not-found" && typeof facts.id === "string"
      ? await suggestIds(context, facts.id).catch(() => [])
      : [];
  const hint = meant.length > 0 ? `Did you mean ${meant.join(" or ")}?` : error.hint;
  if (json)
    return { text: `${JSON.stringify({ error: { code, message, hint, facts } }, undefined, 2)}\n`, blame };
  const lines = [`${style.bad("error:")} ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])];
  return { text: `${lines.join("\n")}\n`, blame };
}
