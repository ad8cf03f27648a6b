/** What stands in a terminal's line without a trace, or moves what comes after it. */
const UNSHOWN = /(?!\t)\p{Cc}|[\u200B\u2028-\u202E\u2066-\u2069\uFEFF]|\p{Surrogate}/gu;

/** Text from a file is shown, not obeyed: escape sequences and the like become a sign that something was there. */
export function visible(text: string): string {
  return text.replaceAll(UNSHOWN, "\uFFFD");
}
