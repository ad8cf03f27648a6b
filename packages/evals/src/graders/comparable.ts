/** A text as the graders compare it: without white space around it, and in one letter case where that does not count. */
export function comparable(text: string, caseSensitive: boolean): string {
  return caseSensitive ? text.trim() : text.trim().toLowerCase();
}
