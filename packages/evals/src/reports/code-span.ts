import { oneLine } from "../one-line.ts";

/**
 * Text that somebody else wrote, as a Markdown code span of one line. Inside of one nothing is markup: no `@user` is
 * notified, no image is loaded, no list or table is broken.
 */
export function codeSpan(text: string, max = 80): string {
  // A table ends its cell at a bar even inside of a code span, so none is let in.
  const shown = oneLine(text, max).replaceAll("|", "¦");
  if (shown === "") return "(empty)";
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}
