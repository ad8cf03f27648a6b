import fc from "fast-check";
import { expect, it } from "vitest";
import { evaluated, rightBut, suiteOf } from "../fixtures.ts";
import { junitReport } from "./junit.ts";
import { anyText, holding } from "./samples.ts";

it("has a test suite for each prompt, and a test case for each case and for the gate", async () => {
  const result = await evaluated({
    suite: suiteOf(["a <b>", "c & d"], { threshold: 1 }),
    provider: rightBut("c & d"),
  });
  expect(junitReport([result])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="support.intent#2" tests="3" failures="2" errors="0" time="0.200">
<testcase classname="support.intent#2" name="gate" time="0.000"><failure message="1 of 2 cases passed (50 %); 100 % is required, which is 2">1 of 2 cases passed (50 %); 100 % is required, which is 2</failure></testcase>
<testcase classname="support.intent#2" name="case 1: a &lt;b&gt;" time="0.100"/>
<testcase classname="support.intent#2" name="case 2: c &amp; d" time="0.100"><failure message="expected &quot;c &amp; d&quot;, got &quot;wrong&quot;">input: c &amp; d
expected: c &amp; d
answer: wrong
expected &quot;c &amp; d&quot;, got &quot;wrong&quot;</failure></testcase>
</testsuite>
</testsuites>
`);
});

it("tells a case without a grade from one that failed", async () => {
  const report = junitReport([await holding("input", "answer", "expected")]);
  expect(report).toContain('tests="3" failures="1" errors="1"');
  expect(report).toContain('<error message="answer">');
});

it("keeps line ends as they are, and shows what XML cannot hold", async () => {
  const report = junitReport([await holding("input", "a\r\nb\u0000\ud800c", "expected")]);
  expect(report).toContain("\nanswer: a&#13;\nb\ufffd\ufffdc\n");
});

/** XML 1.0, as much of it as the report uses, after the standard's grammar: text, attributes, references, elements. */
const CHARACTERS = "[\\t\\n\\r\\u{20}-\\u{d7ff}\\u{e000}-\\u{fffd}\\u{10000}-\\u{10ffff}]";
const REFERENCE = "&(?:amp|lt|gt|quot|#13);";
const TEXT = `(?:(?![<&]|\\]\\]>)${CHARACTERS}|${REFERENCE})*`;
const ATTRIBUTE = ` [a-z]+="(?:(?![<&"\\n\\r\\t])${CHARACTERS}|${REFERENCE})*"`;
const LEAF = `<(failure|error)(?:${ATTRIBUTE})+>${TEXT}</\\1>`;
const TEST_CASE = `<testcase(?:${ATTRIBUTE})+(?:/>|>${LEAF}</testcase>)`;

it("is XML whatever inputs and answers hold", async () => {
  const testCase = new RegExp(`^${TEST_CASE}`, "u");
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (input, answer, expected) => {
      let rest = junitReport([await holding(input, answer, expected)]);
      const opening = /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites>\n<testsuite [^<&>]*>\n/;
      expect(rest).toMatch(opening);
      rest = rest.replace(opening, "");
      for (let at = 0; at < 3; at++) {
        expect(rest).toMatch(testCase);
        rest = rest.replace(testCase, "").slice(1);
      }
      expect(rest).toBe("</testsuite>\n</testsuites>\n");
    }),
  );
});
