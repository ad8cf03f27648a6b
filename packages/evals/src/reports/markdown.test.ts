import fc from "fast-check";
import { expect, it } from "vitest";
import { evaluated, inputs, prompt, rightBut, suiteOf } from "../fixtures.ts";
import { markdownReport } from "./markdown.ts";
import { anyText, compared, holding } from "./samples.ts";

it("is a table of the prompts, then what there is to say of each", async () => {
  const failing = await evaluated({ definition: prompt({ id: "a.b" }), suite: suiteOf([]) });
  expect(markdownReport([await compared(), failing])).toBe(`### Evaluation: 1 of 2 prompts passed

|  | prompt | answered by | passed | accuracy (95 %) | required | against the parent |
| --- | --- | --- | --- | --- | --- | --- |
| **FAIL** | \`a.b#2\` | anthropic, \`claude\` | 0 of 0 | none |  |  |
| pass | \`support.intent#2\` | anthropic, \`claude\` | 38 of 40 | 95 % (83.5–98.62 %) | 90 % | 97.5 → 95 %, 1 better, 2 worse, p = 1.000 |

#### \`a.b#2\`

0 tokens in, 0 out; $0.00.

**Fails because**

- \`the suite has no cases: nothing was measured\`

**Notes**

- \`the prompt declares no metrics.baseline_accuracy, and the suite no threshold: any accuracy passes\`

#### \`support.intent#2\`

400 tokens in, 80 out; $0.40; latency p50 100 ms, p95 100 ms.

**Got worse than \`support.intent#1\`**

- case 1 \`case 1\`: expected \`case 1\`, was \`case 1\`, is \`wrong\`
- case 2 \`case 2\`: expected \`case 2\`, was \`case 2\`, is \`wrong\`

**Got better than \`support.intent#1\`**

- case 3 \`case 3\`: expected \`case 3\`, was \`wrong\`, is \`case 3\`

**Failed: 2 cases**

- case 1 \`case 1\`: \`expected "case 1", got "wrong"\`
- case 2 \`case 2\`: \`expected "case 2", got "wrong"\`
`);
});

it("has nothing of others outside of code spans", async () => {
  const calm = outsideCode(markdownReport([await holding("input", "answer", "expected")]));
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (input, answer, expected) => {
      const result = await holding(`i${input}`, `a${answer}`, `e${expected}`);
      expect(outsideCode(markdownReport([result]))).toBe(calm);
    }),
  );
});

/** What is left of each line when its code spans are taken out, as CommonMark finds them. */
function outsideCode(markdown: string): string {
  return markdown.replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "CODE");
}

it("fits in a comment", async () => {
  const suite = suiteOf(inputs(60).map((input) => input.repeat(50)));
  const definition = prompt({ metrics: { baseline_accuracy: 1 } });
  const failing = await evaluated({
    definition,
    suite,
    provider: rightBut(...suite.cases.map(({ input }) => input)),
  });
  const report = markdownReport(Array.from({ length: 200 }, () => failing));
  expect(report.length).toBeLessThan(65_536);
  expect(report).toMatch(/\n\nThe rest is left out: it does not fit in a comment\.\n$/);
  expect(markdownReport([failing])).not.toContain("The rest is left out");
});
