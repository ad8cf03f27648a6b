/**
 * A text on one line, for people: runs of white space become one space, what a terminal or a page would act on
 * (control characters, marks that turn the reading direction) becomes `�`, and beyond `max` characters it is cut.
 */
export function oneLine(text: string, max = 100): string {
  // A long answer is cut before it is cleaned; four times the length leaves room for white space.
  const clean = text
    .slice(0, max * 4)
    .replaceAll(/\s+/g, " ")
    .trim()
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
  const characters = [...clean];
  if (characters.length <= max && text.length <= max * 4) return clean;
  return `${characters.slice(0, max - 1).join("")}…`;
}
