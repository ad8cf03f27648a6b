import { formatDiagnostics, loadPrompts } from "@promptops/authoring";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { style } from "../words/style.ts";

export async function validate(context: Context, paths: readonly string[]): Promise<Outcome> {
  const { prompts, diagnostics } = await loadPrompts(context.root(), paths);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const summary =
    errors === 0
      ? `${style.good("ok")}: ${count(prompts.length, "prompt file")} valid`
      : `${style.bad("failed")}: ${count(errors, "problem")} in ${count(new Set(diagnostics.map(({ file }) => file)).size, "file")}`;
  return {
    json: {
      valid: errors === 0,
      files: prompts.map(({ file, definition }) => ({
        file,
        id: definition.id,
        version: definition.version,
      })),
      diagnostics,
    },
    text: [...(diagnostics.length > 0 ? [formatDiagnostics(diagnostics)] : []), summary].join("\n"),
    exitCode: errors === 0 ? 0 : 1,
  };
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}
