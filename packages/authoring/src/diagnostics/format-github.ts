import type { Diagnostic } from "./diagnostics.ts";
import { visible } from "./visible.ts";

/**
 * Diagnostics as workflow commands, which GitHub Actions shows at the line they are about.
 *
 * @example
 * ::error file=prompts/support/reply.yaml,line=2,col=10,endColumn=13,title=wrong-type::"version" is the text "2", not a number
 */
export function asGithubCommands(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((each) => `${command(each)}\n`).join("");
}

function command({
  file,
  line,
  column,
  endColumn,
  severity,
  code,
  problem,
  expected,
  hint,
}: Diagnostic): string {
  const properties = Object.entries({ file, line, col: column, endColumn, title: code })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapedProperty(String(value))}`);
  const message = [
    problem,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ];
  return `::${severity} ${properties.join(",")}::${escaped(message.map(visible).join("\n"))}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
