/** The JSON in an answer, which may stand in a Markdown fence as models like to write it. Undefined when it is none. */
export function jsonIn(answer: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(unfenced(answer.trim())) as unknown };
  } catch {
    return undefined;
  }
}

/** What stands between ```` ```json ```` on a line of its own and ```` ``` ```` at the end. */
function unfenced(text: string): string {
  const opening = text.indexOf("\n");
  if (opening < 0 || !text.startsWith("```") || !text.endsWith("```")) return text;
  return text.slice(opening + 1, -3);
}
