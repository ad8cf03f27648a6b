import { describe, expect, it } from "vitest";
import { parseSuite } from "./parse-suite.ts";

const HEAD = "prompt_id: a.b\n";
const CASES = "cases:\n  - {input: x, expected: y}\n";

function parse(text: string) {
  return parseSuite("evals/a/b.yaml", Buffer.from(text));
}

/** Each problem as `line:column-endColumn code`. */
function places(text: string): readonly string[] {
  return parse(text).diagnostics.map(
    ({ line, column, endColumn, code }) => `${line}:${column}-${endColumn} ${code}`,
  );
}

describe("a suite that is right", () => {
  it("needs no more than a prompt and cases", () => {
    expect(parse(`${HEAD}${CASES}`)).toMatchObject({
      suite: {
        promptId: "a.b",
        grader: { type: "exact" },
        variables: {},
        repeats: 1,
        concurrency: 8,
        cases: [{ input: "x", expected: "y", tags: [] }],
      },
      diagnostics: [],
    });
  });

  it("takes every field, and a case's own variables and tags", () => {
    const text = [
      "prompt_id: a.b",
      "grader: {type: numeric, absolute: 0.5, relative: 0.1}",
      "variables: {tone: kind, most: 3, formal: false}",
      "threshold: 0.9",
      "repeats: 3",
      "provider: keyword",
      "keywords: {billing: [invoice, card number], sales: [price]}",
      "fallback: nobody",
      "concurrency: 2",
      "cases:",
      "  - input: how many?",
      "    expected: 12.5",
      "    variables: {tone: curt}",
      "    tags: [slang]",
    ].join("\n");
    expect(parse(text).suite).toEqual({
      promptId: "a.b",
      grader: { type: "numeric", absolute: 0.5, relative: 0.1 },
      variables: { tone: "kind", most: 3, formal: false },
      threshold: 0.9,
      repeats: 3,
      provider: "keyword",
      keywords: { labels: { billing: ["invoice", "card number"], sales: ["price"] }, fallback: "nobody" },
      concurrency: 2,
      cases: [{ input: "how many?", expected: 12.5, variables: { tone: "curt" }, tags: ["slang"] }],
    });
  });

  it("may have no cases: that is for the gate to fail", () => {
    expect(parse(`${HEAD}cases: []\n`)).toMatchObject({ suite: { cases: [] }, diagnostics: [] });
  });

  it("falls back to other where it does not say to what", () => {
    const text = `${HEAD}provider: keyword\nkeywords: {a: [b]}\n${CASES}`;
    expect(parse(text).suite?.keywords).toEqual({ labels: { a: ["b"] }, fallback: "other" });
  });

  it.each([
    ["exact", "true", { type: "exact" }],
    ["{type: exact, case_sensitive: false}", "x", { type: "exact", caseSensitive: false }],
    ["one_of", "[x, 2, true]", { type: "one_of" }],
    ["contains", "x", { type: "contains" }],
    ["regex", "'^\\d+$'", { type: "regex" }],
    ["{type: regex, pattern: '^a', flags: i}", "", { type: "regex", pattern: "^a", flags: "i" }],
    ["json_schema", "{a: [1]}", { type: "json_schema" }],
    ["{type: json_schema, schema: {type: object}}", "", { type: "json_schema", schema: { type: "object" } }],
    ["numeric", '"1,234.50"', { type: "numeric" }],
    ["{type: edit_distance, at_least: 0.8}", "x", { type: "edit_distance", atLeast: 0.8 }],
    [
      '{type: judge, prompt: "a.judge#2", at_least: 0.7}',
      "",
      { type: "judge", prompt: "a.judge#2", atLeast: 0.7 },
    ],
  ])("is graded by %s", (grader, expected, spec) => {
    const given = expected === "" ? "" : `, expected: ${expected}`;
    const { suite, diagnostics } = parse(`${HEAD}grader: ${grader}\ncases:\n  - {input: x${given}}\n`);
    expect(diagnostics).toEqual([]);
    expect(suite?.grader).toEqual(spec);
  });
});

describe("fields", () => {
  it.each([
    ["no prompt", CASES, ["1:1-6 missing-field"]],
    ["a prompt that is none", `prompt_id: Support\n${CASES}`, ["1:12-19 invalid-value"]],
    ["no cases", HEAD, ["1:1-10 missing-field"]],
    ["an unknown field", `${HEAD}treshold: 1\n${CASES}`, ["2:1-9 unknown-field"]],
    ["a threshold as percentage", `${HEAD}threshold: 94\n${CASES}`, ["2:12-14 invalid-value"]],
    ["half a repeat", `${HEAD}repeats: 1.5\n${CASES}`, ["2:10-13 invalid-value"]],
    ["no concurrency", `${HEAD}concurrency: 0\n${CASES}`, ["2:14-15 invalid-value"]],
    ["an input that is a number", `${HEAD}cases: [{input: 7, expected: y}]\n`, ["2:17-18 wrong-type"]],
    ["a case without input", `${HEAD}cases: [{expected: y}]\n`, ["2:9-22 missing-field"]],
    ["a case that is text", `${HEAD}cases: [x]\n`, ["2:9-10 wrong-type"]],
    [
      "a word that is true to some",
      `${HEAD}cases: [{input: x, expected: yes}]\n`,
      ["2:30-33 ambiguous-word"],
    ],
    ["a variable that is a list", `${HEAD}variables: {a: [b]}\n${CASES}`, ["2:16-19 wrong-type"]],
    ["an anchor", `${HEAD}cases: &all []\n`, ["2:8-12 anchor"]],
    ["nothing", "", ["1:1-undefined empty-file"]],
    ["a list", "- x\n", ["1:1-4 not-a-mapping"]],
  ])("%s", (_, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it.each([
    ["no keywords", "provider: keyword\n", ["2:11-18 keywords-provider"]],
    ["a keyword of no word", "provider: keyword\nkeywords: {a: ['?!']}\n", ["3:16-20 invalid-value"]],
    ["a label of no keywords", "provider: keyword\nkeywords: {a: []}\n", ["3:15-17 invalid-value"]],
    ["keywords without the provider", "keywords: {a: [b]}\n", ["2:1-9 keywords-provider"]],
    ["a fallback for a model", "provider: openai\nfallback: x\n", ["3:1-9 keywords-provider"]],
    ["a misspelt provider", "provider: keywrd\nkeywords: {a: [b]}\n", ["2:11-17 invalid-value"]],
  ])("%s", (_, lines, expected) => {
    expect(places(`${HEAD}${lines}${CASES}`)).toEqual(expected);
  });
});

describe("a suite that nests without end", () => {
  const brackets = "[".repeat(5_000_000);
  it.each([
    ["brackets", `${HEAD}cases: ${brackets}`],
    ["braces over many lines", `${HEAD}cases: ${"{a:\n ".repeat(1_000_000)}`],
    ["lists on one line", `${HEAD}cases:\n  ${"- ".repeat(2_000_000)}`],
    ["keys on one line", `${HEAD}cases:\n  ${"? ".repeat(2_000_000)}`],
  ])("is refused without being parsed: %s", (_, text) => {
    expect(parse(text)).toMatchObject({ diagnostics: [{ code: "too-deep" }] });
  });

  it("is none because of what its texts hold", () => {
    const text = `${HEAD}cases:\n  - input: |\n${"      [\n      - - {\n".repeat(10_000)}    expected: x\n`;
    expect(parse(text)).toMatchObject({ suite: { cases: [{ expected: "x" }] }, diagnostics: [] });
    const many = "  - {input: 'a [ or {', expected: '['}\n".repeat(5000);
    expect(parse(`${HEAD}cases:\n${many}`).suite?.cases).toHaveLength(5000);
  });
});

describe("graders", () => {
  it.each([
    ["a grader that is none", "exakt", ["2:9-14 invalid-value"]],
    ["a type that is none", "{type: exakt}", ["2:16-21 invalid-value"]],
    ["a mapping without type", "{case_sensitive: true}", ["2:1-7 missing-field"]],
    ["a setting of no grader", "{type: exact, case: true}", ["2:23-27 unknown-field"]],
    ["a setting of another grader", "{type: exact, absolute: 1}", ["2:23-31 unknown-field"]],
    ["a required setting that is missing", "edit_distance", ["2:1-7 missing-field"]],
    ["two of them", "judge", ["2:1-7 missing-field", "2:1-7 missing-field"]],
    ["a judge without version", "{type: judge, prompt: a.judge, at_least: 1}", ["2:31-38 invalid-value"]],
    ["a pattern that is none", "{type: regex, pattern: '(a'}", ["2:32-36 invalid-value"]],
    ["flags that are none", "{type: regex, flags: xy}", ["2:30-32 invalid-value"]],
  ])("%s", (_, grader, expected) => {
    expect(places(`${HEAD}grader: ${grader}\n${CASES}`)).toEqual(expected);
  });

  it.each([
    ["exact", "[a]", "wrong-type"],
    ["exact", "", "missing-field"],
    ["{type: edit_distance, at_least: 1}", "{a: b}", "wrong-type"],
    ["contains", '" "', "wrong-type"],
    ["one_of", "a", "wrong-type"],
    ["one_of", "[]", "wrong-type"],
    ["one_of", "[[a]]", "wrong-type"],
    ["regex", "'(a'", "invalid-value"],
    ["regex", "[a]", "wrong-type"],
    ["numeric", "a few", "wrong-type"],
    ["numeric", "true", "wrong-type"],
  ])("%s cannot work with expected: %s", (grader, expected, code) => {
    const text = `${HEAD}grader: ${grader}\ncases:\n  - input: x\n    expected: ${expected}\n`;
    const place = expected === "" ? "5:5" : "5:15";
    expect(parse(text).diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
      `${place} ${code}`,
    ]);
  });

  it.each(["1.50", "1e3", "007", "True", "[a, 1.0]"])(
    "does not let %s be compared as something else",
    (expected) => {
      const grader = expected.startsWith("[") ? "one_of" : "exact";
      const text = `${HEAD}grader: ${grader}\ncases:\n  - input: x\n    expected: ${expected}\n`;
      expect(parse(text)).toMatchObject({ diagnostics: [{ line: 5, code: "invalid-value" }] });
      expect(parse(text.replace("exact", "numeric").replace("one_of", "json_schema")).suite?.cases).toEqual(
        expected === "True" ? undefined : [expect.objectContaining({ input: "x" })],
      );
    },
  );

  it("tells every problem of a file at once", () => {
    const text = `${HEAD}threshold: 2\ncases:\n  - {input: x, expected: [y]}\n  - {inpt: x, expected: y}\n`;
    expect(places(text)).toEqual([
      "2:12-13 invalid-value",
      "4:26-29 wrong-type",
      "5:5-27 missing-field",
      "5:6-10 unknown-field",
    ]);
  });
});
