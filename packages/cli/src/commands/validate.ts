import {
  checkAgainstBase,
  type DiagnosticFormat,
  formatDiagnostics,
  loadPrompts,
  loadSuites,
} from "@promptops/authoring";
import { inLedger } from "../candidates.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { count } from "../words/count.ts";
import { style } from "../words/style.ts";

interface Options {
  readonly base?: string;
  readonly format: DiagnosticFormat;
}

export async function validate(
  context: Context,
  paths: readonly string[],
  options: Options,
): Promise<Outcome> {
  const root = context.root();
  const { prompts, diagnostics: ofPrompts } = await loadPrompts(root, paths, inLedger(context));
  const ofSuites = paths.length === 0 ? (await loadSuites(root)).diagnostics : [];
  const ofVersions = options.base === undefined ? [] : await checkAgainstBase(root, prompts, options.base);
  const diagnostics = [...ofPrompts, ...ofSuites, ...ofVersions];
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const files = new Set(diagnostics.map(({ file }) => file)).size;
  const formatted = formatDiagnostics(diagnostics, options.format);
  const summary =
    errors === 0
      ? `${style.good("ok")}: ${count(prompts.length, "prompt file")} valid`
      : `${style.bad("failed")}: ${count(errors, "problem")} in ${count(files, "file")}`;
  return {
    json: {
      valid: errors === 0,
      files: prompts.map(({ file, definition: { id, version } }) => ({ file, id, version })),
      diagnostics,
    },
    text:
      options.format === "json"
        ? formatted
        : [...(diagnostics.length > 0 ? [formatted] : []), summary].join("\n"),
    exitCode: errors === 0 ? 0 : 1,
  };
}
