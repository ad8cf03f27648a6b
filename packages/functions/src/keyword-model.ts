/** Words that speak for a label. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  billing: ["charge", "charged", "invoice", "refund", "payment", "paid", "bill", "card"],
  technical: ["error", "bug", "crash", "crashes", "broken", "fails", "login", "loading", "sync"],
  sales: ["price", "pricing", "plan", "plans", "upgrade", "buy", "discount", "trial", "demo"],
  retention: [
    "cancel",
    "cancellation",
    "downgrade",
    "leave",
    "leaving",
    "disappointed",
    "unhappy",
    "terminate",
  ],
};

/**
 * A stand-in for a language model, where there is none to call: of the labels, the one with the most keywords in the
 * message; the first listed on a tie, `other` when none fits.
 */
export function answerByKeywords(labels: readonly string[], message: string): string {
  const words = new Set(message.toLowerCase().match(/[a-z]+/g));
  let best = { label: "other", hits: 0 };
  for (const label of labels) {
    const hits = (KEYWORDS[label] ?? []).filter((word) => words.has(word)).length;
    if (hits > best.hits) best = { label, hits };
  }
  return best.label;
}
