import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keywordProvider } from "./keyword.ts";

async function label(labels: Record<string, readonly string[]>, input: string) {
  const provider = keywordProvider({ labels, fallback: "other" });
  const question = { messages: [], parameters: {}, input, repeat: 0 };
  return (await provider.ask(question, new AbortController().signal)).text;
}

const labels = {
  billing: ["invoice", "charge", "credit card"],
  technical: ["error", "app", "Größe"],
};

describe("the keyword stand-in", () => {
  it.each([
    ["an invoice", "billing"],
    ["An INVOICE!", "billing"],
    ["the invoices", "other"],
    ["app: error on invoice", "technical"],
    ["error with the invoice", "billing"],
    ["invoice, invoice, error in the app", "technical"],
    ["my credit-card", "billing"],
    ["my card of credit", "other"],
    ["credit", "other"],
    ["GRO\u0308SSE gro\u0308ße", "technical"],
    ["recharge", "other"],
    ["", "other"],
  ])("answers %j with %s", async (input, expected) => {
    expect(await label(labels, input)).toBe(expected);
  });

  it("finds a phrase at the end, and one inside of another", async () => {
    expect(await label({ a: ["new york"], b: ["york city", "new york city"] }, "in new york city")).toBe("b");
    expect(await label({ a: ["new york city"], b: ["york"] }, "in new york")).toBe("b");
  });

  it("refuses a keyword that nothing can match", () => {
    expect(() => keywordProvider({ labels: { a: ["??"] }, fallback: "other" })).toThrow(
      expect.objectContaining({ code: "bad-keyword" }),
    );
  });

  it("answers as counting one label after the other does", async () => {
    const word = fc.constantFrom("a", "b", "c", "d", "e");
    const phrase = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
    const anyLabels = fc.dictionary(fc.constantFrom("x", "y", "z"), fc.array(phrase, { maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(anyLabels, fc.array(word), async (given, words) => {
        const input = ` ${words.join(" ")} `;
        const hits = Object.entries(given).map(
          ([name, phrases]) =>
            [name, [...new Set(phrases)].filter((one) => input.includes(` ${one} `)).length] as const,
        );
        const most = Math.max(0, ...hits.map(([, count]) => count));
        const expected = most === 0 ? "other" : hits.find(([, count]) => count === most)?.[0];
        expect(await label(given, input)).toBe(expected);
      }),
    );
  });
});
