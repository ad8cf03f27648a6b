import { describe, expect, it } from "vitest";
import { parsePrompt } from "../prompts/parse-prompt.ts";
import { aboutFile, type Diagnostic } from "./diagnostics.ts";
import { formatDiagnostics } from "./format-diagnostics.ts";

const BASE: Diagnostic = {
  file: "prompts/a/b.yaml",
  line: 3,
  column: 8,
  endColumn: 10,
  severity: "error",
  code: "wrong-type",
  problem: "it is wrong",
  excerpt: { text: "owner: no", column: 8 },
};

describe("formatDiagnostics", () => {
  it("shows place, problem, line, mark, expectation and hint", () => {
    const text = 'id: a.b\nversion: "2"\nowner: team\nmodel: m\ntags: []\ntemplate: Dear {{name}}\n';
    expect(formatDiagnostics(parsePrompt("prompts/a/b.yaml", Buffer.from(text)).diagnostics)).toBe(
      [
        'prompts/a/b.yaml:2:10: error: "version" is the text "2", not a number [wrong-type]',
        '  2 | version: "2"',
        "    |          ^^^",
        "  expected: a whole number from 1 to 999999999",
        "  hint: Write it without quotes: version: 2",
        "",
        "prompts/a/b.yaml:6:16: error: {{name}} is not declared [undeclared-variable]",
        "  6 | template: Dear {{name}}",
        "    |                ^^^^^^^^",
        "  expected: a declaration under variables",
        "  hint: Declare it: variables: {name: {type: string}}",
        "",
      ].join("\n"),
    );
  });

  it("shows a problem of the whole file without a line", () => {
    const { excerpt: _, endColumn: __, ...whole } = BASE;
    expect(formatDiagnostics([{ ...whole, severity: "warning" }])).toBe(
      "prompts/a/b.yaml:3:8: warning: it is wrong [wrong-type]\n",
    );
  });

  it("says nothing of nothing", () => {
    expect(formatDiagnostics([])).toBe("");
  });

  it.each<[string, string, number, number, string]>([
    ["tabs", "a:\t\tb", 5, 6, "  \t\t^"],
    ["wide characters before it", "日本: x", 5, 6, "      ^"],
    ["wide characters in it", "a: 日本", 4, 6, "   ^^^^"],
    ["characters of two units", "😀: x", 5, 6, "    ^"],
    ["combining marks", "e\u0301: x", 5, 6, "   ^"],
    ["the end of the line", "a", 2, 3, " ^"],
  ])("puts the mark in the right place with %s", (_, text, column, endColumn, mark) => {
    const shown = formatDiagnostics([{ ...BASE, column, endColumn, excerpt: { text, column } }]);
    expect(shown.split("\n")[2]).toBe(`    | ${mark}`);
  });

  it("shows the part of a very long line that is meant", () => {
    const text = `template: "${"y".repeat(5000)}{{z}}${"y".repeat(5000)}"\n`;
    const diagnostics = parsePrompt("prompts/a/b.yaml", Buffer.from(text)).diagnostics.filter(
      ({ code }) => code === "undeclared-variable",
    );
    expect(diagnostics).toMatchObject([{ column: 5012 }]);
    const [, line = "", mark = ""] = formatDiagnostics(diagnostics).split("\n");
    expect(line.length).toBeLessThan(200);
    expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("{{z}}");
  });

  it("does not obey what a file holds: escape sequences and reversed text are shown as signs", () => {
    const shown = formatDiagnostics([
      { ...BASE, problem: "a \u001b[31m", excerpt: { text: "owner: \u001b[2J\u202Ex", column: 8 } },
    ]);
    expect(shown).toContain("a \uFFFD[31m");
    expect(shown).toContain("owner: \uFFFD[2J\uFFFDx");
  });
});

describe("formatDiagnostics as json", () => {
  it("gives the diagnostics themselves, and an array for none", () => {
    expect(JSON.parse(formatDiagnostics([BASE], "json"))).toEqual([BASE]);
    expect(formatDiagnostics([], "json")).toBe("[]\n");
  });
});

describe("formatDiagnostics as github", () => {
  it("writes one workflow command a diagnostic, with its place", () => {
    const warning = aboutFile("prompts/a/b.txt", {
      code: "stray-file",
      severity: "warning",
      problem: "not a prompt file",
    });
    expect(formatDiagnostics([{ ...BASE, expected: "text", hint: "Quote it." }, warning], "github")).toBe(
      "::error file=prompts/a/b.yaml,line=3,col=8,endColumn=10,title=wrong-type::" +
        "it is wrong%0Aexpected: text%0Ahint: Quote it.\n" +
        "::warning file=prompts/a/b.txt,line=1,col=1,title=stray-file::not a prompt file\n",
    );
    expect(formatDiagnostics([], "github")).toBe("");
  });

  it("escapes what would end a property, a message or the command", () => {
    const [shown] = formatDiagnostics(
      [{ ...BASE, file: "prompts/a,b:c%\n::set-env.yaml", problem: "100 %: a, b::c" }],
      "github",
    ).split("\n");
    expect(shown).toContain("file=prompts/a%2Cb%3Ac%25%0A%3A%3Aset-env.yaml,line=3");
    expect(shown).toMatch(/::100 %25: a, b::c$/);
  });

  it("keeps a line break of a file's content from starting a command of its own", () => {
    const shown = formatDiagnostics([{ ...BASE, problem: "x\r\n::stop-commands::y" }], "github");
    expect(shown.split("\n")).toHaveLength(2);
  });
});
