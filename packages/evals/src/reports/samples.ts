import fc from "fast-check";
import type { SuiteResult } from "../evaluate.ts";
import { answerOf, evaluated, inputs, prompt, providerOf, rightBut, suiteOf } from "../fixtures.ts";

/** For tests: text as hostile as it gets. */
const HOSTILE = [
  "| a | b |\n|---|---|\n@team #12 ![x](https://example.com/x.png) <script>alert(1)</script>",
  "``` `` ` @team `",
  "`",
  "]]> <!-- & &amp; \u0000\u001b[31mred\u0007\r\n\u202e\ufffe \ud800 'quote\" 😀",
  "\\| \\` \\",
  "",
  "   ",
];

/** For tests: texts of which many are hostile. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: fc.constantFrom("`", "|", "@", "<", "&", "\n", "\\", "a", " ", "\u0000", "]") }),
);

/** For tests: 40 cases of which one got better than the parent and two got worse. */
export function compared(): Promise<SuiteResult> {
  return evaluated({
    definition: prompt({ metrics: { baseline_accuracy: 0.9 } }),
    suite: suiteOf(inputs(40)),
    provider: rightBut("case 1", "case 2"),
    parent: { definition: prompt({ version: 1 }), provider: rightBut("case 3") },
  });
}

/** For tests: two cases with this input, answer and expected value; one is refused by the provider with this text. */
export function holding(input: string, answer: string, expected: string): Promise<SuiteResult> {
  // Files cannot hold half a character; answers can.
  const wanted = expected.toWellFormed();
  const first = input.toWellFormed();
  const cases = [first, `${first}!`].map((one) => ({ input: one, expected: wanted, tags: [] }));
  const provider = providerOf((question) => {
    if (question.input === `${first}!`) throw new Error(answer);
    return answerOf(answer, { warnings: [answer] });
  });
  const former = providerOf(() => answerOf(wanted));
  return evaluated({
    suite: suiteOf([], { cases }),
    provider,
    parent: { definition: prompt({ version: 1 }), provider: former },
  });
}
